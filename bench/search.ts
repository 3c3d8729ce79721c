import { randomBytes } from 'node:crypto'
import type { Client } from '@elastic/elasticsearch'
import { openElasticsearch } from '../src/platform/engines/elasticsearch/connection.ts'
import type { Database } from '../src/platform/engines/postgres/database.ts'
import { postgresDocuments } from '../src/platform/storage/documents/postgres.ts'
import type { DocumentStore, Generation } from '../src/platform/storage/documents/port.ts'
import { routedDocuments } from '../src/platform/storage/documents/routed.ts'
import { elasticsearchEngine } from '../src/platform/storage/search/elasticsearch.ts'
import type { Search, SearchQuery } from '../src/platform/storage/search/port.ts'
import type { Bench } from './support/bench.ts'
import type { Measure } from './support/measure.ts'
import { quietRounds, serverAt } from './support/rounds.ts'
import { searchedModels, type Searched } from './support/searched.ts'
import { latencies, percentile } from './support/statistics.ts'

/** Number of documents in one batch, as a rebuild writes them. */
const batch = 1_000

/** Documents of each read model. */
const documentsOfEach = 100_000

/** A store of read models whose requests can be sent again by hand. */
type Watched = {
  readonly name: string
  readonly store: DocumentStore & Search
  /** Its process, where the bench has not started it. */
  readonly processes: readonly number[]
  /** Sends the requests of a search, without any code of Agora around them. */
  readonly byHand: (requests: readonly unknown[]) => Promise<void>
  /** Requests that were sent since the last call. */
  readonly sent: () => readonly unknown[]
}

/** Search in PostgreSQL; its requests are statements. */
const inPostgres = (database: Database): Watched => {
  const statements: Parameters<Database['query']>[0][] = []
  const watched: Database = {
    ...database,
    query: (statement) => {
      statements.push(statement)
      return database.query(statement)
    },
  }
  return {
    name: 'PostgreSQL',
    processes: [],
    store: postgresDocuments(watched),
    sent: () => statements.splice(0),
    byHand: async (requests) => {
      for (const request of requests as typeof statements) await database.query(request)
    },
  }
}

type SearchParams = NonNullable<Parameters<Client['search']>[0]>

/** Search in Elasticsearch, with PostgreSQL for the records of generations; its requests are bodies of `_search`. */
const inElasticsearch = async (
  url: string,
  database: Database,
): Promise<Watched & AsyncDisposable> => {
  const prefixed = new URL(url)
  prefixed.searchParams.set('prefix', `bench_${randomBytes(4).toString('hex')}_`)
  const connection = openElasticsearch(prefixed.href)
  const bodies: SearchParams[] = []
  const watching = (client: Client): Client =>
    new Proxy(client, {
      get: (target, name) => {
        if (name !== 'search') return Reflect.get(target, name, target) as unknown
        return (params: SearchParams) => {
          bodies.push(params)
          return target.search(params)
        }
      },
    })
  const engine = elasticsearchEngine({
    ...connection,
    run: (work) => connection.run((client) => work(watching(client))),
  })
  const generations: Generation[] = []
  const routed = routedDocuments(postgresDocuments(database), {
    elasticsearch: { engine, isCurrent: true },
  })
  return {
    name: 'Elasticsearch',
    processes: await serverAt(url),
    store: {
      ...routed,
      begin: async (model, store) => {
        const generation = await routed.begin(model, store)
        generations.push(generation)
        return generation
      },
    },
    sent: () => bodies.splice(0),
    byHand: async (requests) => {
      for (const request of requests as readonly SearchParams[])
        await connection.run((client) => client.search(request))
    },
    [Symbol.asyncDispose]: async () => {
      for (const generation of generations) await engine.drop(generation)
      await connection.close()
    },
  }
}

/** Builds a read model and publishes it. @returns documents per second */
const build = async (
  store: DocumentStore & Search,
  { model, documents }: Searched,
): Promise<number> => {
  const generation = await store.begin(model)
  const since = performance.now()
  for (let at = 0, from = 0n; at < documents.length; at += batch, from += 1n) {
    const upserts = new Map(documents.slice(at, at + batch).map((one) => [one.id, one]))
    await store.write(generation, { from, to: from + 1n, upserts, deletes: [] })
  }
  const rate = documents.length / ((performance.now() - since) / 1_000)
  await store.publish(generation)
  await store.search(model, { q: '' }, { isFresh: true })
  return rate
}

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const since = performance.now()
  await work()
  return performance.now() - since
}

type Round = { readonly searches: readonly number[]; readonly byHand: readonly number[] }

/** Searches by each query, and sends the same requests by hand, in turn. */
const inTurn = async (
  { store, sent, byHand }: Watched,
  { model }: Searched,
  queries: readonly SearchQuery[],
): Promise<Round> => {
  const round = { searches: [] as number[], byHand: [] as number[] }
  for (const [nth, query] of queries.entries()) {
    sent()
    // Once for the caches: the second of two would have an advantage.
    await store.search(model, query)
    const requests = sent()
    const search = async () => round.searches.push(await timed(() => store.search(model, query)))
    const hand = async () => round.byHand.push(await timed(() => byHand(requests)))
    for (const one of nth % 2 === 0 ? [search, hand] : [hand, search]) await one()
  }
  return round
}

const measured = async (
  bench: Bench,
  watched: Watched,
  searched: Searched,
): Promise<readonly Measure[]> => {
  const { name } = searched.model
  const rate = await build(watched.store, searched)
  bench.progress(`${name} built in ${watched.name}, ${Math.round(rate)}/s`)
  const measures: Measure[] = [
    { what: `${name} built in ${watched.name}`, figure: rate, unit: '/s' },
  ]
  for (const [what, queries] of Object.entries(searched.queries)) {
    const { rounds, note } = await quietRounds(
      bench.rounds(3),
      () => inTurn(watched, searched, queries),
      watched.processes,
    )
    // Of all rounds together: one round has too few searches for the slowest hundredth.
    const times = (of: keyof Round) => rounds.flatMap((round) => round[of])
    bench.progress(`${name} in ${watched.name}, ${what}: ${latencies(times('searches'))}`)
    const [p99, byHand] = [percentile(times('searches'), 0.99), percentile(times('byHand'), 0.99)]
    measures.push({
      what: `${name} in ${watched.name}, ${what}, p99`,
      figure: p99,
      unit: 'ms',
      reference: { what: 'requests by hand', figure: byHand },
      ratio: p99 / byHand,
      goal: { text: '≤ 2', met: p99 <= 2 * byHand },
      notes: [latencies(times('searches')), note],
    })
  }
  return measures
}

/**
 * Searches in 100,000 products and 100,000 users, beside the same requests sent by hand: in PostgreSQL, and in Elasticsearch
 * where TEST_ELASTICSEARCH_URL names a server.
 */
export default async (bench: Bench): Promise<readonly Measure[]> => {
  const measures: Measure[] = []
  const count = bench.many(documentsOfEach)
  await using postgres = await bench.freshDatabase()
  for (const searched of searchedModels(count, 'postgres'))
    measures.push(...(await measured(bench, inPostgres(postgres.database), searched)))
  const url = process.env.TEST_ELASTICSEARCH_URL
  if (!url) return measures
  await using records = await bench.freshDatabase()
  await using elasticsearch = await inElasticsearch(url, records.database)
  for (const searched of searchedModels(count, 'elasticsearch'))
    measures.push(...(await measured(bench, elasticsearch, searched)))
  return measures
}
