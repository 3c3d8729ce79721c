-- The gate of a generation that is built, how far its comparison is, what it found, and what an operator has requested.
-- An older process leaves all of them alone, and switches to a generation whatever its gate.
ALTER TABLE agora.generations
  ADD COLUMN gate       jsonb,
  ADD COLUMN gate_state text,
  ADD COLUMN report     jsonb,
  ADD COLUMN request    text;
