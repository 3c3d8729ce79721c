-- The chain of digests over the event log (docs/decisions/097): one row a slice of it.
CREATE TABLE agora.log_digests (
  -- The log that it is about: 'postgres' (agora.events) or 'eventstoredb'.
  log          text   COLLATE "C" NOT NULL,
  -- Of the last event of the slice.
  position     bigint NOT NULL,
  -- Number of events from the start of the log up to here.
  events       bigint NOT NULL,
  -- Digest of the log up to here.
  digest       bytea  NOT NULL CHECK (length(digest) = 32),
  -- The first four bytes of the digest after each event of the slice: they tell which event differs.
  fingerprints bytea  NOT NULL,
  -- Position, number and digest as a JWS, signed by this Agora.
  signature    text   COLLATE "C" NOT NULL,
  -- Of two processes that extend the chain at once, one fails.
  begins_after bigint NOT NULL GENERATED ALWAYS AS (events - length(fingerprints) / 4) STORED,
  PRIMARY KEY (log, position),
  UNIQUE (log, begins_after)
);
-- Digests are random bytes.
ALTER TABLE agora.log_digests ALTER COLUMN fingerprints SET STORAGE EXTERNAL;
