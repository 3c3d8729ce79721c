-- Lets people search texts by the beginnings of words, and in spite of slips.
CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;
