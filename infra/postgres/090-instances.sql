-- Which instances serve which services just now. Unlogged: after a crash of PostgreSQL they announce themselves anew.
CREATE UNLOGGED TABLE agora.instances (
  service text NOT NULL,
  id text NOT NULL,
  url text NOT NULL,
  roles text[] NOT NULL,
  started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- By the clock of PostgreSQL, as is all that is held against it.
  heard_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (service, id)
) WITH (fillfactor = 50);
