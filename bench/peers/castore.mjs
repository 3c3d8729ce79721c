// Castore with its adapter for PostgreSQL: loads an aggregate, then pushes an event of the next version.
import { EventStore, EventType } from '@castore/core'
import { PostgresEventStorageAdapter } from '@castore/event-storage-adapter-postgres'

/** @type {import('./peer.ts').OpenPeer} */
export const open = async (url) => {
  await PostgresEventStorageAdapter.createEventTable({ connectionString: url })
  const store = new EventStore({
    eventStoreId: 'STOCK',
    eventTypes: [new EventType({ type: 'StockAdjusted' })],
    reducer: (_, { aggregateId, version, payload }) => ({
      aggregateId,
      version,
      quantity: payload.quantity,
    }),
    eventStorageAdapter: new PostgresEventStorageAdapter({ connectionString: url }),
  })
  const push = (aggregateId, version, { type, data: payload, metadata }) =>
    store.pushEvent({ aggregateId, version, type, payload, metadata })
  return {
    seed: async (stream, events) => {
      for (const [index, event] of events.entries()) await push(stream, index + 1, event)
    },
    command: async (stream, decide) => {
      const { aggregate } = await store.getExistingAggregate(stream)
      await push(stream, aggregate.version + 1, decide(aggregate.quantity))
    },
    close: async () => undefined,
  }
}
