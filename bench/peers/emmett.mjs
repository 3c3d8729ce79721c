// Emmett on PostgreSQL: its CommandHandler, which loads a stream, decides and appends with the version it has read.
import { CommandHandler } from '@event-driven-io/emmett'
import { getPostgreSQLEventStore } from '@event-driven-io/emmett-postgresql'

const handle = CommandHandler({
  initialState: () => ({ quantity: 0 }),
  evolve: (_, { data }) => ({ quantity: data.quantity }),
  retry: { onVersionConflict: true },
})

/** @type {import('./peer.ts').OpenPeer} */
export const open = async (url) => {
  const store = getPostgreSQLEventStore(url)
  await store.schema.migrate()
  return {
    seed: async (stream, events) => {
      await store.appendToStream(`stock-${stream}`, events)
    },
    command: (stream, decide) =>
      handle(store, `stock-${stream}`, ({ quantity }) => decide(quantity)),
    close: () => store.close(),
  }
}
