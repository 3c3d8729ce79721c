-- Answers given to requests that carried an Idempotency-Key.
CREATE TABLE agora.receipts (
  scope text NOT NULL,
  key text NOT NULL,
  -- What was asked; another payload under the same key is a mistake.
  payload text NOT NULL,
  -- Whoever works on it; only they may say how it ended.
  holder uuid NOT NULL,
  -- NULL while it is being worked on.
  status smallint,
  headers jsonb,
  body bytea,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (scope, key)
) WITH (fillfactor = 80);

CREATE INDEX receipts_expired ON agora.receipts (expires_at);
