-- When the content of an archive was put back into the rows of its events; NULL while the archive alone has it. The blobs
-- of a restored archive stay: a backup or copy of this database may need them (docs/decisions/097).
ALTER TABLE agora.archives ADD COLUMN restored_at timestamptz;
