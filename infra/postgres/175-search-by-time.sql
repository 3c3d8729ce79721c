-- Finds events by the time they were recorded at, which need not follow the order of positions: clocks differ, and are
-- set. A block range index costs an append next to nothing; ranges that it has not summarized yet are read as a whole.
CREATE INDEX events_times ON agora.events USING brin (at, position) WITH (autosummarize = on, pages_per_range = 32);

-- The first event before a position that was recorded at a moment or later; the last one from a position on that was
-- recorded by a moment. Where times follow positions, only the blocks around the position are read. The planner takes
-- times and positions for independent of each other, and would read half of the log: it may use bitmaps only.
CREATE FUNCTION agora.first_since(moment timestamptz, before bigint) RETURNS bigint
LANGUAGE sql STABLE
SET enable_seqscan = off SET enable_indexscan = off SET enable_indexonlyscan = off AS $$
  SELECT min(position) FROM (
    SELECT position FROM agora.events WHERE at >= moment AND position < before OFFSET 0
  ) AS found
$$;

CREATE FUNCTION agora.last_until(moment timestamptz, since bigint) RETURNS bigint
LANGUAGE sql STABLE
SET enable_seqscan = off SET enable_indexscan = off SET enable_indexonlyscan = off AS $$
  SELECT max(position) FROM (
    SELECT position FROM agora.events WHERE at <= moment AND position >= since OFFSET 0
  ) AS found
$$;
