-- Groups of competing consumers (persistent subscriptions of EventStoreDB's protocol): what each reads, how far it is, and
-- the messages that it parked. Messages are references into the log, without data.
CREATE TABLE agora.consumer_groups (
  source     text COLLATE "C" NOT NULL,
  name       text COLLATE "C" NOT NULL,
  definition jsonb NOT NULL,
  -- Everything up to here is done: a position of the log, or a revision of the stream.
  checkpoint bigint NOT NULL,
  has_saved  boolean NOT NULL DEFAULT false,
  -- Done after the checkpoint, and retries of what is not done.
  ahead      jsonb NOT NULL DEFAULT '[]',
  retries    jsonb NOT NULL DEFAULT '[]',
  PRIMARY KEY (source, name)
);

CREATE TABLE agora.parked_messages (
  source    text COLLATE "C" NOT NULL,
  name      text COLLATE "C" NOT NULL,
  position  bigint NOT NULL,
  retries   integer NOT NULL,
  reason    text NOT NULL,
  parked_at timestamptz NOT NULL DEFAULT now(),
  -- An operator has requested that it is delivered again; the row goes when it is done.
  replaying boolean NOT NULL DEFAULT false,
  PRIMARY KEY (source, name, position),
  FOREIGN KEY (source, name) REFERENCES agora.consumer_groups ON DELETE CASCADE
);

-- The process that serves all groups, by its address for clients. Each has a greater term, and writes of an earlier term are refused.
CREATE TABLE agora.consumer_group_leader (
  only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  term     bigint NOT NULL,
  host     text NOT NULL,
  port     integer NOT NULL
);
