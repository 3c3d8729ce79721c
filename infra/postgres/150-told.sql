-- What processes tell each other, beside the log: nothing that has to last. Unlogged: after a crash of PostgreSQL all of
-- them start anew.
CREATE UNLOGGED TABLE agora.told (
  -- By the clock, in µs, so that it goes on growing where the table was lost.
  id   bigint PRIMARY KEY,
  told text   NOT NULL
);

-- Tells all who listen. Who tells takes turns, so that ids are given in the order of commits and a reader never passes
-- one that a slower writer could still fill.
--   kept: what is older, in µs, goes
CREATE FUNCTION agora.tell(messages text[], kept bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  base bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(4711002);
  -- What a crash takes away was not to last.
  SET LOCAL synchronous_commit TO off;
  SELECT greatest(max(id), (extract(epoch FROM clock_timestamp()) * 1000000)::bigint) INTO base FROM agora.told;
  INSERT INTO agora.told (id, told) SELECT base + nth, message FROM unnest(messages) WITH ORDINALITY AS m(message, nth);
  DELETE FROM agora.told WHERE id < base - kept;
  PERFORM pg_notify('agora_told', '');
END
$$;
