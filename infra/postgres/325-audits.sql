-- Audits of the read models: what operators have requested, and what the last audit of each has found.
CREATE TABLE agora.audits (
  name    text COLLATE "C" PRIMARY KEY,
  request jsonb,
  state   jsonb
);
