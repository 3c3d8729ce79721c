-- Each event brings the time it was recorded at: those copied from another log keep theirs.

DROP FUNCTION agora.append(text[], integer[], integer[], uuid[], integer[], integer[], text[], uuid[], text[], jsonb[], jsonb[], timestamptz);

-- Records a batch of appends, each on its own merits: a refused one leaves its neighbours alone.
--   streams, expected, sizes, firsts: one entry an append, no stream twice; expected is a revision, -1 none, -2 any,
--     -4 exists; sizes says how many events it has, firsts the id of the first
--   owners, nths, event_streams, ids, types, datas, metadatas, recorded_ats: one entry an event; owners says which
--     append it belongs to and nths its place in it (both from 1)
-- Gives back one row an append: whether it was taken (just now, or before: for any and exists, within the last 1,000
-- events of the stream), where its stream stands now, and the position of its last event.
CREATE FUNCTION agora.append(
  streams text[], expected integer[], sizes integer[], firsts uuid[],
  owners integer[], nths integer[], event_streams text[], ids uuid[], types text[], datas jsonb[], metadatas jsonb[],
  recorded_ats timestamptz[]
) RETURNS TABLE (taken boolean, fresh boolean, revision integer, "position" bigint)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  base bigint;
  added integer := 0;
  currents integer[];
  befores bigint[] := '{}';
  verdicts boolean[] := '{}';
  revisions integer[] := '{}';
  positions bigint[] := '{}';
  known integer;
BEGIN
  -- Takes this writer's turn: the row stays locked until the commit.
  UPDATE agora.head SET position = position + cardinality(owners) RETURNING position - cardinality(owners) INTO base;

  SELECT array_agg(coalesce((SELECT e.revision FROM agora.events e WHERE e.stream = a.stream
                             ORDER BY e.revision DESC LIMIT 1), -1) ORDER BY a.ord)
  INTO currents
  FROM unnest(streams) WITH ORDINALITY AS a(stream, ord);

  FOR i IN 1 .. cardinality(streams) LOOP
    known := NULL;
    IF expected[i] = -2 OR expected[i] = -4 THEN
      SELECT e.revision + sizes[i] - 1 INTO known FROM agora.events e
      WHERE e.stream = streams[i] AND e.event_id = firsts[i] AND e.revision > currents[i] - 1000;
    END IF;
    IF known IS NOT NULL THEN
      befores[i] := -1;
      verdicts[i] := true;
      revisions[i] := known;
      positions[i] := (SELECT e.position FROM agora.events e WHERE e.stream = streams[i] AND e.revision = known);
    ELSIF expected[i] = currents[i] OR expected[i] = -2 OR (expected[i] = -4 AND currents[i] >= 0) THEN
      befores[i] := base + added;
      added := added + sizes[i];
      verdicts[i] := true;
      revisions[i] := currents[i] + sizes[i];
      positions[i] := base + added;
    ELSE
      befores[i] := -1;
      verdicts[i] := false;
      revisions[i] := currents[i];
      positions[i] := 0;
    END IF;
  END LOOP;

  INSERT INTO agora.events (position, stream, revision, event_id, type, data, metadata, at)
  SELECT befores[e.owner] + e.nth, e.stream, currents[e.owner] + e.nth, e.id, e.type, e.data, e.metadata, e.at
  FROM unnest(owners, nths, event_streams, ids, types, datas, metadatas, recorded_ats)
    AS e(owner, nth, stream, id, type, data, metadata, at)
  WHERE befores[e.owner] >= 0;

  IF added < cardinality(owners) THEN
    UPDATE agora.head SET position = base + added;
  END IF;
  IF added > 0 THEN
    PERFORM pg_notify('agora_events', (base + added)::text);
  END IF;

  RETURN QUERY
    SELECT v.taken, v.before >= 0, v.revision, v.position
    FROM unnest(verdicts, befores, revisions, positions) AS v(taken, before, revision, position);
END $$;
