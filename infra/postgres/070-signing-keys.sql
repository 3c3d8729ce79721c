-- The keys that access tokens are signed with. Who lost the secret that they are sealed with may empty this table:
-- then everybody's access tokens end.
CREATE TABLE agora.signing_keys (
  kid            text        PRIMARY KEY,
  -- For people; what verifies is derived from the private key, so that nobody can slip in a key of theirs.
  public_jwk     jsonb       NOT NULL,
  -- PEM, sealed with a key that follows from AGORA_SECRET (AES-256-GCM).
  sealed_key     bytea       NOT NULL,
  created_at     timestamptz NOT NULL,
  signs_from     timestamptz NOT NULL,
  -- NULL as long as no other key comes after it.
  verifies_until timestamptz
);
