-- The simulator's ledger is read by time.
CREATE INDEX simulated_charges_by_time ON agora.simulated_charges (charged_at, key)
  WHERE charged_at IS NOT NULL;
CREATE INDEX simulated_refunds_by_time ON agora.simulated_refunds (refunded_at, key);
