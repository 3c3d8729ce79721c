-- States of long streams, so that loading one does not mean reading all of it. Can be emptied at any time.
CREATE TABLE agora.snapshots (
  stream        text        COLLATE "C" PRIMARY KEY,
  state_version integer     NOT NULL,
  revision      integer     NOT NULL,
  position      bigint      NOT NULL,
  state         jsonb       NOT NULL,
  commands      jsonb       NOT NULL,
  at            timestamptz NOT NULL DEFAULT now()
);
