import { randomUUID } from 'node:crypto'
import { Client } from '@elastic/elasticsearch'
import { MongoClient } from 'mongodb'
import type { Store } from '#kernel'
import { notifications } from '../src/projections/index.ts'
import { openElasticsearch } from '../src/platform/engines/elasticsearch/connection.ts'
import { openMongo } from '../src/platform/engines/mongo/connection.ts'
import { mongoEngine } from '../src/platform/storage/documents/mongo.ts'
import { postgresDocuments } from '../src/platform/storage/documents/postgres.ts'
import { routedDocuments } from '../src/platform/storage/documents/routed.ts'
import type { DocumentStore } from '../src/platform/storage/documents/port.ts'
import { indexing, mappingOf } from '../src/platform/storage/search/elasticsearch-index.ts'
import { elasticsearchEngine } from '../src/platform/storage/search/elasticsearch.ts'
import type { EventLog, NewEvent } from '../src/platform/storage/event-log/port.ts'
import type { Bench, BenchDatabase } from './support/bench.ts'
import { catchUpOf } from './support/catch-up.ts'
import { coreOf, type Core } from './support/core.ts'
import type { Measure } from './support/measure.ts'
import { quietRounds, serverAt } from './support/rounds.ts'
import { median } from './support/statistics.ts'

/** Documents of one raw write. */
const bulk = 1_000

/** Events of one append. */
const appended = 50

/** A server beside PostgreSQL. */
type Server = AsyncDisposable & {
  readonly name: string
  readonly store: Store
  readonly processes: readonly number[]
  readonly documentsOn: (database: BenchDatabase) => DocumentStore
  /** Prepares to write documents by the bare client: the same documents, to be found by the same fields. */
  readonly prepare: (documents: readonly Raw[]) => () => Promise<void>
}

type Raw = { readonly key: string; readonly doc: object }

const mongoServer = async (given: string): Promise<Server> => {
  const url = new URL(given)
  url.pathname = `bench_${randomUUID()}`
  const connection = openMongo(url.href, { timeoutMs: 60_000 })
  const client = new MongoClient(url.href)
  return {
    name: 'MongoDB',
    store: 'mongo',
    processes: await serverAt(given),
    documentsOn: ({ database }) =>
      routedDocuments(postgresDocuments(database), {
        mongo: { engine: mongoEngine(connection), isCurrent: true },
      }),
    prepare: (documents) => async () => {
      const collection = client.db().collection<{ _id: string; doc: object }>(randomUUID())
      for (let at = 0; at < documents.length; at += bulk)
        await collection.bulkWrite(
          documents
            .slice(at, at + bulk)
            .map(({ key, doc }) => ({ insertOne: { document: { _id: key, doc } } })),
          { ordered: false },
        )
      await collection.drop()
    },
    [Symbol.asyncDispose]: async () => {
      await client.db().dropDatabase()
      await client.close()
      await connection.close()
    },
  }
}

const elasticsearchServer = async (given: string): Promise<Server> => {
  const url = new URL(given)
  const prefix = `bench_${randomUUID()}_`
  url.searchParams.set('prefix', prefix)
  const connection = openElasticsearch(url.href, { timeoutMs: 60_000 })
  const client = new Client({ node: given })
  return {
    name: 'Elasticsearch',
    store: 'elasticsearch',
    processes: await serverAt(given),
    documentsOn: ({ database }) =>
      routedDocuments(postgresDocuments(database), {
        elasticsearch: { engine: elasticsearchEngine(connection), isCurrent: true },
      }),
    prepare: (documents) => {
      const lines = documents.map(
        ({ key, doc }) =>
          indexing(notifications, key, { position: '1', json: JSON.stringify(doc), ifSame: false })
            .text,
      )
      return async () => {
        const index = `${prefix}${randomUUID()}`
        await client.indices.create({ index, mappings: mappingOf(notifications) })
        for (let at = 0; at < lines.length; at += bulk)
          await client.transport.request({
            method: 'POST',
            path: `/${index}/_bulk`,
            bulkBody: lines.slice(at, at + bulk).join(''),
          })
        await client.indices.delete({ index })
      }
    },
    [Symbol.asyncDispose]: async () => {
      await client.close()
      await connection.close()
    },
  }
}

/** Appends requests for notifications: each becomes a document. @returns the documents */
const writeNotifications = async (log: EventLog, count: number): Promise<readonly Raw[]> => {
  const documents: Raw[] = []
  while (documents.length < count) {
    const appends = Array.from({ length: appended }, () => {
      const key = randomUUID()
      const data = {
        userId: randomUUID(),
        channel: 'in_app',
        type: 'order_confirmed',
        subject: 'Your order is confirmed',
        text: 'We have your money, and you will have your lamp: 1 × Lamp, 19.99 EUR.',
        orderId: randomUUID(),
      }
      const event: NewEvent = {
        eventId: randomUUID(),
        type: 'NotificationRequested',
        data,
        metadata: {
          correlationId: key,
          causationId: key,
          commandId: key,
          actorId: 'bench',
          schemaVersion: 1,
        },
      }
      const doc = {
        id: key,
        ...data,
        status: 'PENDING',
        read: false,
        createdAt: '2030-01-01T00:00:00.000Z',
      }
      documents.push({ key, doc })
      return { stream: `notification-${key}`, expected: 'none' as const, events: [event] }
    })
    for (const outcome of await log.appendInOrder(appends))
      if (outcome instanceof Error) throw outcome
  }
  return documents
}

const measured = async (
  bench: Bench,
  server: Server,
  own: BenchDatabase,
  core: Core,
  documents: readonly Raw[],
): Promise<Measure> => {
  await using runtime = await catchUpOf(own, core, server.documentsOn(own))
  const writeRaw = server.prepare(documents)
  const { rounds, note } = await quietRounds(
    bench.rounds(3),
    async () => {
      const since = performance.now()
      await writeRaw()
      const raw = documents.length / ((performance.now() - since) / 1_000)
      bench.progress(`${server.name}: raw bulk ${Math.round(raw)}/s`)
      const rate = await runtime.catchUp([{ ...notifications, store: server.store }])
      bench.progress(`${server.name}: notifications ${Math.round(rate)}/s`)
      return { raw, rate }
    },
    server.processes,
  )
  const ratio = median(rounds.map(({ raw, rate }) => rate / raw))
  return {
    what: `notifications in ${server.name}, ${documents.length} events`,
    figure: median(rounds.map(({ rate }) => rate)),
    unit: '/s',
    reference: { what: 'raw bulk', figure: median(rounds.map(({ raw }) => raw)) },
    ratio,
    goal: { text: '≥ 0.5', met: ratio >= 0.5 },
    notes: [`rounds: ${rounds.map(({ rate }) => `${Math.round(rate)}/s`).join(', ')}`, note],
  }
}

/** Catch-up of a read model with a log of 100,000 events in other stores, beside raw writes of the same documents. */
export default async (bench: Bench): Promise<readonly Measure[]> => {
  const { TEST_MONGO_URL: mongo, TEST_ELASTICSEARCH_URL: elasticsearch } = process.env
  const measures: Measure[] = []
  for (const open of [
    ...(mongo ? [() => mongoServer(mongo)] : []),
    ...(elasticsearch ? [() => elasticsearchServer(elasticsearch)] : []),
  ]) {
    await using server = await open()
    await using own = await bench.freshDatabase()
    await using core = await coreOf(own.database)
    const documents = await writeNotifications(core.log, bench.many(100_000))
    bench.progress(`${server.name}: ${documents.length} events are in the log`)
    measures.push(await measured(bench, server, own, core, documents))
  }
  return measures
}
