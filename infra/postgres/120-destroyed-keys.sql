-- Finds those who were forgotten lately: who could not hear of it asks again.
CREATE INDEX personal_keys_destroyed ON agora.personal_keys (destroyed_at) WHERE destroyed_at IS NOT NULL;
