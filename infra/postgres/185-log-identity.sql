-- Identifies this Agora's log among others that share a Redis with it. One row, made by the first process that starts.
CREATE TABLE agora.log_identity (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  id  uuid    NOT NULL DEFAULT gen_random_uuid()
);

-- Where jobs may wait in Redis, under which prefix: each one that a job was added to and has not been seen empty since.
-- Rows of agora.job_stores with a URL of Redis are of older versions, whose prefix followed AGORA_SECRET.
CREATE TABLE agora.job_rooms (
  -- The URL of Redis, without a password.
  named text        NOT NULL,
  room  text        NOT NULL,
  since timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (named, room)
);
