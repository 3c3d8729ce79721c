/**
 * What a client of KurrentDB makes of the log at a URL, `kurrentdb://…`: it appends, reads and subscribes, and prints
 * what it saw as one line of JSON. A process of its own, as its client and EventStoreDB's cannot share one.
 */
import {
  BACKWARDS,
  END,
  eventTypeFilter,
  jsonEvent,
  KurrentDBClient,
  NO_STREAM,
  START,
  streamNameFilter,
} from '@kurrent/kurrentdb-client'

const client = KurrentDBClient.connectionString(process.argv[2] ?? '')

type Seen = {
  readonly type: string
  readonly revision: number
  readonly position: number | undefined
  readonly data: unknown
}
type Delivered = {
  readonly event?: {
    readonly type: string
    readonly revision: bigint
    readonly position?: { readonly commit: bigint }
    readonly data: unknown
  }
}

const seen = ({ event }: Delivered): Seen | undefined =>
  event && {
    type: event.type,
    revision: Number(event.revision),
    position: event.position && Number(event.position.commit),
    data: event.data,
  }
const all = async (events: AsyncIterable<Delivered>) => {
  const found = []
  for await (const event of events) found.push(seen(event))
  return found
}
const failure = async (promise: Promise<unknown>) =>
  promise.then(
    () => 'none',
    (error: unknown) => (error instanceof Error && 'type' in error ? error.type : String(error)),
  )
const event = (type: string, n: number) => jsonEvent({ type, data: { n } })

/** The types of the first events of a subscription. */
const following = async (subscription: AsyncIterable<Delivered>, count: number) => {
  const found: unknown[] = []
  for await (const event of subscription) {
    found.push(seen(event)?.type)
    if (found.length === count) break
  }
  return found
}

const appended = await client.appendToStream(
  'order-1',
  [event('OrderPlaced', 1), event('OrderPaid', 2)],
  { streamState: NO_STREAM },
)
const conflict = await failure(
  client.appendToStream('order-1', event('OrderPlaced', 3), { streamState: NO_STREAM }),
)
const forwards = await all(client.readStream('order-1', { fromRevision: START }))
const backwards = await all(
  client.readStream('order-1', { fromRevision: END, direction: BACKWARDS, maxCount: 1 }),
)
const missing = await failure(all(client.readStream('order-2')))
const log = await all(client.readAll({ fromPosition: START }))
const filteredLog = await all(
  client.readAll({ fromPosition: START, filter: eventTypeFilter({ regex: 'Paid$' }) }),
)

const live = [
  following(client.subscribeToAll({ fromPosition: START }), 4),
  following(
    client.subscribeToAll({
      fromPosition: START,
      filter: streamNameFilter({ prefixes: ['payment-'] }),
    }),
    1,
  ),
  following(client.subscribeToStream('order-1', { fromRevision: 0n }), 2),
]
await client.appendToStream('payment-1', event('CardCharged', 3))
await client.appendToStream('order-1', event('OrderShipped', 4), { streamState: 1n })

console.log(
  JSON.stringify({
    next: Number(appended.nextExpectedRevision),
    conflict,
    forwards,
    backwards,
    missing,
    log,
    filteredLog,
    live: await Promise.all(live),
  }),
)
await client.dispose()
process.exit(0)
