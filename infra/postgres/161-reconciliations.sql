-- How far the ledger of a payment provider was compared with our payments, and what differs.
CREATE TABLE agora.reconciliations (
  provider   text        COLLATE "C" PRIMARY KEY,
  state      jsonb       NOT NULL,
  checked_at timestamptz NOT NULL DEFAULT now()
);
