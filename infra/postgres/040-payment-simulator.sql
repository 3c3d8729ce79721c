-- What the payment simulator was asked and what it answered: the books of a provider that does not exist.
CREATE TABLE agora.simulated_charges (
  key          text COLLATE "C" PRIMARY KEY,
  token        text NOT NULL,
  amount       bigint NOT NULL,
  currency     text NOT NULL,
  -- How often it is asked in vain before it answers.
  failures     integer NOT NULL,
  attempts     integer NOT NULL,
  -- Why it was declined; null when the money is taken.
  reason       text,
  provider_ref text NOT NULL UNIQUE,
  -- When the money was taken; null as long as it was not.
  charged_at   timestamptz
);

CREATE TABLE agora.simulated_refunds (
  key          text COLLATE "C" PRIMARY KEY,
  provider_ref text NOT NULL REFERENCES agora.simulated_charges (provider_ref),
  amount       bigint NOT NULL,
  currency     text NOT NULL,
  refund_ref   text NOT NULL UNIQUE,
  refunded_at  timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX simulated_refunds_of ON agora.simulated_refunds (provider_ref);
