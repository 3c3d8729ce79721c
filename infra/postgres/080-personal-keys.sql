-- A key for each person whom events are about: what these say of them is sealed with it. Without its key nobody can
-- read that any more, in the log, its copies and its backups. Whoever loses this table has forgotten everybody.
CREATE TABLE agora.personal_keys (
  person       text        COLLATE "C" PRIMARY KEY,
  -- Sealed with a key that follows from AGORA_SECRET (AES-256-GCM). NULL once the person is forgotten.
  sealed_key   bytea,
  made_at      timestamptz NOT NULL DEFAULT now(),
  destroyed_at timestamptz,
  CHECK ((sealed_key IS NULL) = (destroyed_at IS NOT NULL))
);

-- What was found and removed when somebody was forgotten. It says nothing of them but their id.
CREATE TABLE agora.forgotten (
  person  text        COLLATE "C" PRIMARY KEY,
  at      timestamptz NOT NULL DEFAULT now(),
  receipt jsonb       NOT NULL
);
