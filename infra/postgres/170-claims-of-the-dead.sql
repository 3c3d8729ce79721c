-- Keys stay bound to what was asked under them, also when the answer is not remembered; claims name their process.
ALTER TABLE agora.receipts
  -- Until then, another payload under the same key is a mistake. NULL for rows of earlier versions.
  ADD COLUMN bound_until timestamptz,
  -- The application_name of the sessions of the process that works on it; it is dead when there are none.
  ADD COLUMN process text;

-- Rows are dropped when neither matters any more; GREATEST passes NULL over.
CREATE INDEX receipts_over ON agora.receipts (GREATEST(expires_at, bound_until));
DROP INDEX agora.receipts_expired;
