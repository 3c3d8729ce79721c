-- Where jobs may wait that are BullMQ's: each store that was used and has not been seen empty since.
CREATE TABLE agora.job_stores (
  -- For people, and by which it is known again; never with a password. 'postgres' is this database.
  named text        PRIMARY KEY,
  since timestamptz NOT NULL DEFAULT now()
);
INSERT INTO agora.job_stores (named) VALUES ('postgres');
