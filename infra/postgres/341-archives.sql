-- Events of closed streams whose content is in the blob store (docs/decisions/097).

-- Number of the archive that has the data, the metadata and the original of the event; NULL where the row has them itself.
ALTER TABLE agora.events ADD COLUMN archive integer;

CREATE SEQUENCE agora.archive_numbers AS integer;

CREATE TABLE agora.archives (
  number      integer     PRIMARY KEY,
  -- Keys of the blobs with the events and with the manifest.
  key         text        NOT NULL UNIQUE,
  manifest    text        NOT NULL UNIQUE,
  streams     integer     NOT NULL,
  events      integer     NOT NULL,
  first       bigint      NOT NULL,
  last        bigint      NOT NULL,
  -- Of the blob with the events: bytes and SHA-256.
  bytes       bigint      NOT NULL,
  sha256      bytea       NOT NULL CHECK (length(sha256) = 32),
  archived_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
