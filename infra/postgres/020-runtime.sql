-- How far those who follow the log, and keep nothing else here, have come.
CREATE TABLE agora.checkpoints (
  name     text   COLLATE "C" PRIMARY KEY,
  position bigint NOT NULL
);

-- What failed for good and waits for a person: one row a document, or a run of a saga.
CREATE TABLE agora.dead_letters (
  id              uuid        PRIMARY KEY,
  kind            text        NOT NULL,
  name            text        NOT NULL,
  generation      integer     NOT NULL DEFAULT 0,
  key             text        NOT NULL,
  position        bigint      NOT NULL,
  type            text        NOT NULL,
  error           text        NOT NULL,
  attempts        integer     NOT NULL DEFAULT 1,
  at              timestamptz NOT NULL DEFAULT now(),
  retry_requested boolean     NOT NULL DEFAULT false,
  UNIQUE (kind, name, generation, key)
);

-- Projections that an operator has halted.
CREATE TABLE agora.paused (
  name text COLLATE "C" PRIMARY KEY
);
