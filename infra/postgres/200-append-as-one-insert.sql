-- Appends as one insert, and NOTIFY for logs that are registered as listeners only (docs/decisions/036).

-- Which event logs, in whichever process, follow the log of this database by NOTIFY. Unlogged: after a crash of
-- PostgreSQL every listener connects anew and registers again.
CREATE UNLOGGED TABLE agora.log_listeners (
  id      uuid PRIMARY KEY,
  -- The application_name of the sessions of its process; the process is dead when there are none.
  session text NOT NULL
);

-- Who listens is in the row that every append locks: it is seen without a look of its own, and never too late.
ALTER TABLE agora.head ADD COLUMN listeners uuid[] NOT NULL DEFAULT '{}';

-- Whether no session of a process is left.
CREATE FUNCTION agora.is_dead(session text) RETURNS boolean
LANGUAGE sql AS $$
  SELECT NOT EXISTS (SELECT FROM pg_stat_activity s WHERE s.application_name = session);
$$;

-- The processes, but for one, that listen to the log without having registered.
CREATE FUNCTION agora.silent_listeners(own text) RETURNS SETOF text
LANGUAGE sql AS $$
  SELECT DISTINCT s.application_name FROM pg_stat_activity s
  WHERE s.datname = current_database() AND s.query = 'LISTEN "agora_events"' AND s.application_name <> own
    AND NOT EXISTS (SELECT FROM agora.log_listeners l WHERE l.session = s.application_name);
$$;

-- Registers a listener, after its LISTEN and before it reads what is there: an append that did not see the listener has
-- committed by the time this returns, as the head is locked meanwhile; every later one sends NOTIFY. Registers processes
-- of earlier versions too, which only LISTEN, and removes listeners whose process is dead. Called again now and then.
-- Returns whether the listener was not registered before: then it looks at the log once more.
CREATE FUNCTION agora.register_log_listener(listener uuid) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
  own text := current_setting('application_name');
  is_known boolean;
BEGIN
  IF EXISTS (SELECT FROM agora.log_listeners WHERE id = listener)
     AND EXISTS (SELECT FROM agora.head WHERE listener = ANY (listeners))
     AND NOT EXISTS (SELECT FROM agora.log_listeners l WHERE l.id = md5(own)::uuid OR agora.is_dead(l.session))
     AND NOT EXISTS (SELECT FROM agora.silent_listeners(own)) THEN
    RETURN false;
  END IF;
  PERFORM FROM agora.head FOR UPDATE;
  -- Another registration may have come in between, and sessions may have ended or come back.
  PERFORM pg_stat_clear_snapshot();
  is_known := EXISTS (SELECT FROM agora.head WHERE listener = ANY (listeners));
  -- One that was seen between its LISTEN and its registration was taken for a process of an earlier version.
  DELETE FROM agora.log_listeners l WHERE l.id = md5(own)::uuid OR agora.is_dead(l.session);
  INSERT INTO agora.log_listeners (id, session)
    SELECT listener, own UNION ALL SELECT md5(session)::uuid, session FROM agora.silent_listeners(own) AS session
  ON CONFLICT (id) DO UPDATE SET session = excluded.session;
  UPDATE agora.head SET listeners = ARRAY(SELECT id FROM agora.log_listeners);
  RETURN NOT is_known;
END $$;

-- Removes a listener that stops.
CREATE FUNCTION agora.remove_log_listener(listener uuid) RETURNS void
LANGUAGE sql AS $$
  UPDATE agora.head SET listeners = array_remove(listeners, listener) WHERE listener = ANY (listeners);
  DELETE FROM agora.log_listeners WHERE id = listener;
$$;

-- Records a batch of appends, each on its own merits: a refused one leaves its neighbours alone. Where every append is
-- where it was expected, one INSERT checks all and records all; the loop over the appends runs only otherwise. Processes
-- of earlier versions call the functions of migrations 060 and 190 meanwhile.
--   listener: who appends, which needs no NOTIFY; quiet: leaves NOTIFY to the caller
--   streams, expected, sizes, firsts, earlier, links: one entry an append; expected is a revision, -1 none, -2 any, -4
--     exists; sizes says how many events it has, firsts which one is its first (from 1); earlier says which append of the
--     batch comes before it in the same stream (from 1; 0 for none); links numbers the groups of neighbours that are
--     recorded together or not at all (0 for none)
--   ids, types: one entry an event, append by append
--   datas, metadatas: one line of JSON an event, which is parsed once; originals, recorded_ats: likewise, or NULL for
--     all; an empty line is no value. Without a time of its own, an event was recorded at recorded_at
-- No event may be in a stream's appends twice.
-- Gives back one row, with revision NULL and the position before the batch, where each append was taken where it was
-- expected. Otherwise one row an append: whether it was taken (just now, or before: for any and exists, within the last
-- 1,000 events of the stream); where its stream stands after it, or NULL where only its group kept it from being taken;
-- the position of its last event. unheard says that somebody else listens, and was not sent the NOTIFY.
CREATE FUNCTION agora.append(
  listener uuid, quiet boolean,
  streams text[], expected integer[], sizes integer[], firsts integer[], earlier integer[], links integer[],
  ids uuid[], types text[], datas text, metadatas text, originals text, recorded_ats text, recorded_at timestamptz
) RETURNS TABLE (taken boolean, fresh boolean, revision integer, "position" bigint, unheard boolean)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  total integer := cardinality(ids);
  base bigint;
  added integer;
  listened boolean;
  -- Where the stream of each append stands: before the batch, before the append, and after it.
  recorded integer[];
  current integer;
  ends integer[] := '{}';
  -- Where its events go, less one; NULL where none of them is recorded.
  starts integer[] := '{}';
  befores bigint[] := '{}';
  verdicts boolean[] := '{}';
  revisions integer[] := '{}';
  positions bigint[] := '{}';
  known integer;
  -- Of the group under way: its first append, how many events came before it, and whether all its appends can be taken.
  link_first integer;
  link_added integer;
  link_holds boolean;
BEGIN
  -- Takes this writer's turn: the row stays locked until the commit.
  UPDATE agora.head SET position = position + total
  RETURNING position - total, cardinality(array_remove(listeners, listener)) > 0 INTO base, listened;

  INSERT INTO agora.events (position, stream, revision, event_id, type, data, metadata, original, at)
  SELECT base + e.ord, streams[e.append], expected[e.append] + e.ord - firsts[e.append] + 1, e.id, e.type,
         e.data::jsonb, e.metadata::jsonb, nullif(e.original, '')::jsonb,
         coalesce(nullif(e.at, '')::timestamptz, recorded_at)
  FROM (
    SELECT width_bucket(r.ord::integer, firsts) AS append, r.*
    FROM ROWS FROM (
      unnest(ids), unnest(types), string_to_table(datas, E'\n'), string_to_table(metadatas, E'\n'),
      string_to_table(originals, E'\n'), string_to_table(recorded_ats, E'\n')
    ) WITH ORDINALITY AS r(id, type, data, metadata, original, at, ord)
  ) AS e
  WHERE NOT EXISTS (
    SELECT FROM unnest(streams, expected, earlier) AS a(stream, wanted, previous)
    WHERE a.wanted <> CASE WHEN a.previous = 0 THEN
                        coalesce((SELECT s.revision FROM agora.events s WHERE s.stream = a.stream
                                  ORDER BY s.revision DESC LIMIT 1), -1)
                      ELSE expected[a.previous] + sizes[a.previous] END
  );
  GET DIAGNOSTICS added = ROW_COUNT;
  IF added > 0 THEN
    IF listened AND NOT quiet THEN
      PERFORM pg_notify('agora_events', (base + added)::text);
    END IF;
    taken := true;
    fresh := true;
    position := base;
    unheard := listened AND quiet;
    RETURN NEXT;
    RETURN;
  END IF;

  SELECT array_agg(CASE WHEN a.previous = 0 THEN
                     coalesce((SELECT e.revision FROM agora.events e WHERE e.stream = a.stream
                               ORDER BY e.revision DESC LIMIT 1), -1) END ORDER BY a.ord)
  INTO recorded
  FROM unnest(streams, earlier) WITH ORDINALITY AS a(stream, previous, ord);

  FOR i IN 1 .. cardinality(streams) LOOP
    IF links[i] <> 0 AND links[i] IS DISTINCT FROM links[i - 1] THEN
      link_first := i;
      link_added := added;
      link_holds := true;
    END IF;
    IF earlier[i] = 0 THEN
      current := recorded[i];
    ELSE
      recorded[i] := recorded[earlier[i]];
      current := ends[earlier[i]];
    END IF;
    ends[i] := current;

    -- Where these very events are already: the revision of the first, less one.
    known := NULL;
    IF sizes[i] = 0 THEN
      NULL;
    ELSIF expected[i] = -2 OR expected[i] = -4 THEN
      SELECT e.revision - 1 INTO known FROM agora.events e
      WHERE e.stream = streams[i] AND e.event_id = ids[firsts[i]] AND e.revision > recorded[i] - 1000;
    ELSIF expected[i] < recorded[i] THEN
      known := expected[i];
    END IF;

    starts[i] := NULL;
    befores[i] := base + added;
    IF known IS NOT NULL AND (
      SELECT count(*) FROM agora.events e
      WHERE e.stream = streams[i] AND e.revision BETWEEN known + 1 AND known + sizes[i]
        AND e.event_id = ids[firsts[i] + e.revision - known - 1]
    ) = sizes[i] THEN
      verdicts[i] := true;
      revisions[i] := known + sizes[i];
      positions[i] := (SELECT e.position FROM agora.events e WHERE e.stream = streams[i] AND e.revision = known + sizes[i]);
    ELSIF expected[i] = current
       OR known IS NULL AND (expected[i] = -2 OR (expected[i] = -4 AND current >= 0)) THEN
      starts[i] := current;
      added := added + sizes[i];
      ends[i] := current + sizes[i];
      verdicts[i] := true;
      revisions[i] := ends[i];
      positions[i] := base + added;
    ELSE
      verdicts[i] := false;
      revisions[i] := current;
      positions[i] := 0;
      link_holds := false;
    END IF;

    IF links[i] <> 0 AND links[i] IS DISTINCT FROM links[i + 1] AND NOT link_holds THEN
      added := link_added;
      FOR j IN link_first .. i LOOP
        ends[j] := CASE WHEN earlier[j] = 0 THEN recorded[j] ELSE ends[earlier[j]] END;
        IF starts[j] IS NOT NULL THEN
          starts[j] := NULL;
          verdicts[j] := false;
          revisions[j] := NULL;
          positions[j] := 0;
        END IF;
      END LOOP;
    END IF;
  END LOOP;

  IF added < total THEN
    UPDATE agora.head SET position = base + added;
  END IF;
  IF added > 0 THEN
    INSERT INTO agora.events (position, stream, revision, event_id, type, data, metadata, original, at)
    SELECT befores[e.append] + e.nth, streams[e.append], starts[e.append] + e.nth, e.id, e.type,
           e.data::jsonb, e.metadata::jsonb, nullif(e.original, '')::jsonb,
           coalesce(nullif(e.at, '')::timestamptz, recorded_at)
    FROM (
      SELECT width_bucket(r.ord::integer, firsts) AS append,
             r.ord - firsts[width_bucket(r.ord::integer, firsts)] + 1 AS nth, r.*
      FROM ROWS FROM (
        unnest(ids), unnest(types), string_to_table(datas, E'\n'), string_to_table(metadatas, E'\n'),
        string_to_table(originals, E'\n'), string_to_table(recorded_ats, E'\n')
      ) WITH ORDINALITY AS r(id, type, data, metadata, original, at, ord)
    ) AS e
    WHERE starts[e.append] IS NOT NULL;
    IF listened AND NOT quiet THEN
      PERFORM pg_notify('agora_events', (base + added)::text);
    END IF;
  END IF;

  RETURN QUERY
    SELECT v.taken, v.start IS NOT NULL, v.revision, v.position, listened AND quiet AND added > 0
    FROM unnest(verdicts, starts, revisions, positions) AS v(taken, start, revision, position);
END $$;
