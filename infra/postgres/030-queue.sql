-- Jobs: one row each, from the moment it is added until an hour or so after it is done. A done row keeps its id, so that
-- the same job is not queued twice; its data is dropped.
CREATE TABLE agora.jobs (
  queue    text COLLATE "C" NOT NULL,
  id       text COLLATE "C" NOT NULL,
  state    text COLLATE "C" NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'done', 'parked')),
  -- When it may be taken: at the earliest, after a failure, or when the lease of its holder ends.
  due_at   timestamptz NOT NULL,
  attempt  integer NOT NULL DEFAULT 0,
  -- The worker that has it in hand; only its word on the job counts.
  holder   uuid,
  data     json,
  error    text,
  ended_at timestamptz,
  PRIMARY KEY (queue, id)
) WITH (
  -- Rows live short: sweep often, or the indexes fill with the dead.
  autovacuum_vacuum_scale_factor = 0.05,
  autovacuum_vacuum_insert_scale_factor = 0.2,
  autovacuum_analyze_scale_factor = 0.05,
  autovacuum_vacuum_cost_delay = 0
);

CREATE INDEX jobs_due ON agora.jobs (queue, due_at) WHERE state = 'open';
CREATE INDEX jobs_done ON agora.jobs (ended_at) WHERE state = 'done';
CREATE INDEX jobs_parked ON agora.jobs (ended_at) WHERE state = 'parked';
