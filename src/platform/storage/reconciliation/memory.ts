import { notReconciled, type Reconciliation, type Reconciliations } from './port.ts'

/** Reconciliations in the memory of one process. */
export const memoryReconciliations = (): Reconciliations => {
  const kept = new Map<string, Reconciliation>()
  return {
    load: async (provider) => kept.get(provider) ?? notReconciled,
    save: async (provider, reconciliation) => void kept.set(provider, reconciliation),
  }
}
