-- What each process has measured of itself last. Unlogged: after a crash of PostgreSQL they report anew.
CREATE UNLOGGED TABLE agora.process_reports (
  process     text        COLLATE "C" PRIMARY KEY,
  report      jsonb       NOT NULL,
  -- By the clock of PostgreSQL, as is all that is held against it.
  reported_at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 50);
