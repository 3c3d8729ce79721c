-- What programs other than Agora wrote, byte for byte; NULL for events of Agora: {contentType, data, metadata}, in base64.
ALTER TABLE agora.events ADD COLUMN original jsonb;

-- Records a batch of appends, each on its own merits: a refused one leaves its neighbours alone. Processes of an earlier
-- version call the function of migration 060 meanwhile.
--   streams, expected, sizes, firsts, earlier: one entry an append; expected is a revision, -1 none, -2 any, -4 exists;
--     sizes says how many events it has, firsts the id of the first; earlier says which append of the batch comes before
--     it in the same stream (from 1; 0 for none)
--   owners, nths, event_streams, ids, types, datas, metadatas, originals, recorded_ats: one entry an event; owners says
--     which append it belongs to and nths its place in it (both from 1)
-- An append to any revision must not begin with an event that is in the same batch.
-- Gives back one row an append: whether it was taken (just now, or before: for any and exists, within the last 1,000
-- events of the stream), where its stream stands after it, and the position of its last event.
CREATE FUNCTION agora.append(
  streams text[], expected integer[], sizes integer[], firsts uuid[], earlier integer[],
  owners integer[], nths integer[], event_streams text[], ids uuid[], types text[], datas jsonb[], metadatas jsonb[],
  originals jsonb[], recorded_ats timestamptz[]
) RETURNS TABLE (taken boolean, fresh boolean, revision integer, "position" bigint)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  base bigint;
  added integer := 0;
  -- Where the stream of each append stands: before the batch, before the append, and after it.
  recorded integer[];
  currents integer[] := '{}';
  ends integer[] := '{}';
  befores bigint[] := '{}';
  verdicts boolean[] := '{}';
  revisions integer[] := '{}';
  positions bigint[] := '{}';
  known integer;
BEGIN
  -- Takes this writer's turn: the row stays locked until the commit.
  UPDATE agora.head SET position = position + cardinality(owners) RETURNING position - cardinality(owners) INTO base;

  SELECT array_agg(CASE WHEN a.earlier = 0 THEN
                     coalesce((SELECT e.revision FROM agora.events e WHERE e.stream = a.stream
                               ORDER BY e.revision DESC LIMIT 1), -1) END ORDER BY a.ord)
  INTO recorded
  FROM unnest(streams, earlier) WITH ORDINALITY AS a(stream, earlier, ord);

  FOR i IN 1 .. cardinality(streams) LOOP
    IF earlier[i] = 0 THEN
      currents[i] := recorded[i];
    ELSE
      recorded[i] := recorded[earlier[i]];
      currents[i] := ends[earlier[i]];
    END IF;
    ends[i] := currents[i];
    known := NULL;
    IF expected[i] = -2 OR expected[i] = -4 THEN
      SELECT e.revision + sizes[i] - 1 INTO known FROM agora.events e
      WHERE e.stream = streams[i] AND e.event_id = firsts[i] AND e.revision > recorded[i] - 1000;
    END IF;
    IF known IS NOT NULL THEN
      befores[i] := -1;
      verdicts[i] := true;
      revisions[i] := known;
      positions[i] := (SELECT e.position FROM agora.events e WHERE e.stream = streams[i] AND e.revision = known);
    ELSIF expected[i] = currents[i] OR expected[i] = -2 OR (expected[i] = -4 AND currents[i] >= 0) THEN
      befores[i] := base + added;
      added := added + sizes[i];
      ends[i] := currents[i] + sizes[i];
      verdicts[i] := true;
      revisions[i] := ends[i];
      positions[i] := base + added;
    ELSE
      befores[i] := -1;
      verdicts[i] := false;
      revisions[i] := currents[i];
      positions[i] := 0;
    END IF;
  END LOOP;

  INSERT INTO agora.events (position, stream, revision, event_id, type, data, metadata, original, at)
  SELECT befores[e.owner] + e.nth, e.stream, currents[e.owner] + e.nth, e.id, e.type, e.data, e.metadata, e.original, e.at
  FROM unnest(owners, nths, event_streams, ids, types, datas, metadatas, originals, recorded_ats)
    AS e(owner, nth, stream, id, type, data, metadata, original, at)
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
