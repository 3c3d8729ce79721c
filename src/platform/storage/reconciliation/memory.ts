import { notReconciled, type Reconciliation, type Reconciliations } from './port.ts'

/** Reconciliations in the memory of one process. */
export const memoryReconciliations = (): Reconciliations => {
  const stored = new Map<string, Reconciliation>()
  return {
    load: async (provider) => stored.get(provider) ?? notReconciled,
    save: async (provider, reconciliation) => void stored.set(provider, reconciliation),
  }
}
