-- The store that the documents of a generation are in: PostgreSQL itself, or an engine beside it.

ALTER TABLE agora.generations ADD COLUMN store text NOT NULL DEFAULT 'postgres';
