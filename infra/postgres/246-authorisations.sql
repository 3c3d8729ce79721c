-- Authorisations of the payment simulator: amounts that it holds until they are captured or released.
-- A captured one is also a charge of the same key, which is unique: nothing is captured twice.
CREATE TABLE agora.simulated_authorisations (
  key           text COLLATE "C" PRIMARY KEY,
  token         text NOT NULL,
  amount        bigint NOT NULL,
  currency      text NOT NULL,
  -- Number of requests that fail before the first answer.
  failures      integer NOT NULL,
  attempts      integer NOT NULL,
  -- Reason of the decline or cancellation; null while the amount is held or captured.
  reason        text,
  provider_ref  text NOT NULL UNIQUE,
  authorised_at timestamptz,
  captured_at   timestamptz,
  released_at   timestamptz,
  CHECK (captured_at IS NULL OR released_at IS NULL)
);

CREATE INDEX simulated_authorisations_by_time ON agora.simulated_authorisations (authorised_at, key)
  WHERE authorised_at IS NOT NULL;
CREATE INDEX simulated_releases_by_time ON agora.simulated_authorisations (released_at, key)
  WHERE released_at IS NOT NULL;
