import { EventStoreDBClient } from '@eventstore/db-client'
import type { EventLog } from '../../src/platform/storage/event-log/port.ts'
import type { Bench } from '../support/bench.ts'
import { coreOf } from '../support/core.ts'
import { writeHistory } from '../support/history.ts'
import { atLeast, spoken, type Measure } from '../support/measure.ts'
import { usageOfThis } from '../support/usage.ts'
import { readPages } from '../support/read-pages.ts'
import { quietRounds } from '../support/rounds.ts'
import { serveLog, servedCore } from '../support/served-log.ts'
import { median } from '../support/statistics.ts'

/** Goal for reading through the endpoint, in events per second. */
const goal = 20_000

/** Reads a number of events, then stops. */
type Read = (events: number) => Promise<void>

/** @throws Error unless the whole log was read */
const complete = (read: number, events: number): void => {
  if (read !== events) throw new Error(`${read} events were read instead of ${events}`)
}

const withPages =
  (log: EventLog): Read =>
  async (events) => {
    let read = 0
    for (let after = 0n; ;) {
      const slice = await log.readAll({ after })
      read += slice.events.length
      after = slice.position
      if (slice.caughtUp) break
    }
    complete(read, events)
  }

const withSubscription =
  (log: EventLog): Read =>
  async (events) => {
    const stop = new AbortController()
    let read = 0
    for await (const slice of log.subscribe(0n, { signal: stop.signal })) {
      read += slice.events.length
      if (read >= events) break
    }
    stop.abort()
    complete(read, events)
  }

const countUpTo = async (stream: AsyncIterable<unknown>, events: number): Promise<void> => {
  let read = 0
  for await (const _ of stream) if (++read === events) break
  complete(read, events)
}

/** The measured readers: the official EventStoreDB client and Agora's adapter, each with its reference. */
const subjects = (served: EventLog, direct: EventLog, client: EventStoreDBClient) => [
  {
    what: 'bare client reads $all',
    read: (events: number) => countUpTo(client.readAll(), events),
    goal,
  },
  {
    what: 'bare client subscribes to $all',
    read: (events: number) => countUpTo(client.subscribeToAll(), events),
    goal,
  },
  {
    what: 'adapter reads page by page',
    read: withPages(served),
    reference: { what: 'Postgres log', read: withPages(direct) },
  },
  {
    what: 'adapter subscribes',
    read: withSubscription(served),
    reference: { what: 'Postgres log', read: withSubscription(direct) },
  },
]

/** Reading a whole log of 100,000 events through the endpoint, which runs in a process of its own. */
export default async (bench: Bench): Promise<readonly Measure[]> => {
  await using open = new AsyncDisposableStack()
  const own = open.use(await bench.freshDatabase())
  const core = open.use(await coreOf(own.database))
  await writeHistory(core.log, 'whole', bench.many(100_000))
  await own.database.query('ANALYZE agora.events')
  const events = Number(await core.log.head())
  // The core that wrote the events has the last of them in its tail; this one reads all from PostgreSQL.
  const direct = open.use(await coreOf(own.database))
  const server = open.use(await serveLog(bench, own))
  const far = open.use(await servedCore(server, own))
  // Not disposed of, as the client would wait for subscriptions that have ended already (6.2.1). It ends with the server.
  const client = EventStoreDBClient.connectionString(server.url)

  const rateOf = async (read: Read): Promise<number> => {
    const since = performance.now()
    await read(events)
    return events / ((performance.now() - since) / 1_000)
  }
  const measureOf = async ({
    what,
    read,
    reference,
    goal: least,
  }: ReturnType<typeof subjects>[number]): Promise<Measure> => {
    await rateOf(read)
    const { rounds, note } = await quietRounds(bench.rounds(3), async () => {
      const beside = reference ? await rateOf(reference.read) : await readPages(own)
      const before = { here: usageOfThis().cpu, server: (await server.usage()).cpu }
      const postgres = bench.postgresShare()
      const rate = await rateOf(read)
      const here = usageOfThis().cpu - before.here
      const there = (await server.usage()).cpu - before.server
      // The rate of each with a core of its own, as other programs may take CPU time meanwhile.
      const busy = `a second of CPU is worth ${spoken(events / here, 'events')} here and ${spoken(events / there, 'events')} at the server; PostgreSQL ${postgres()} of a core`
      return { beside, rate, busy }
    })
    await server.profiled(`${what.replaceAll(/\W+/g, '-')}-server`, () =>
      bench.profiled(what.replaceAll(/\W+/g, '-'), () => read(events)),
    )
    const figure = median(rounds.map(({ rate }) => rate))
    return {
      what: `${what}, ${events} events`,
      figure,
      unit: '/s',
      reference: {
        what: reference?.what ?? 'raw pages',
        figure: median(rounds.map(({ beside }) => beside)),
      },
      ratio: median(rounds.map(({ beside, rate }) => rate / beside)),
      ...(least !== undefined && { goal: atLeast(least, '/s', figure) }),
      notes: [...rounds.map(({ rate, busy }) => `${Math.round(rate)}/s: ${busy}`), note],
    }
  }
  const measures: Measure[] = []
  for (const subject of subjects(far.log, direct.log, client))
    measures.push(await measureOf(subject))
  return measures
}
