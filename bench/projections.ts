import pg from 'pg'
import type { AnyProjection } from '#kernel'
import { postgresDeadLetters } from '../src/platform/dead-letters/postgres.ts'
import { postgresDocuments } from '../src/platform/documents/postgres.ts'
import { postgresControl } from '../src/platform/runtime/control.ts'
import { openFeed } from '../src/platform/runtime/feed.ts'
import { projectGeneration } from '../src/platform/runtime/project-generation.ts'
import { sagaOverview } from '../src/platform/runtime/saga-overview.ts'
import { orders, projections } from '../src/projections/index.ts'
import type { Bench, BenchDatabase } from './support/bench.ts'
import { coreOf, type Core } from './support/core.ts'
import { share } from './support/cpu.ts'
import { writeHistory } from './support/history.ts'
import { atLeast, type Measure } from './support/measure.ts'
import { usageOfThis } from './support/observed.ts'
import { quietRounds } from './support/rounds.ts'
import { median } from './support/statistics.ts'

const page = 1_000

/** The goal for one projection, in events a second. */
const goal = 40_000

/** Reads the whole log page by page, by hand. @returns events a second */
const readPages = async ({ url }: BenchDatabase): Promise<number> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const since = performance.now()
  let events = 0
  for (let after = '0'; ;) {
    const { rows } = await client.query<{ position: string }>({
      name: 'page',
      text: `SELECT position, stream, revision, event_id, type, data, metadata, at FROM agora.events
             WHERE position > $1 ORDER BY position LIMIT ${page}`,
      values: [after],
    })
    events += rows.length
    if (rows.length < page) break
    after = rows.at(-1)!.position
  }
  const rate = events / ((performance.now() - since) / 1_000)
  await client.end()
  return rate
}

/** What is needed to let read models catch up. */
const catchUpOf = async ({ database }: BenchDatabase, { log }: Core) => {
  const documents = postgresDocuments(database)
  const letters = postgresDeadLetters(database)
  const control = await postgresControl(database)
  const feed = await openFeed(log)
  return {
    /** Builds these read models from the start, all at once. @returns events of the log a second */
    catchUp: async (wanted: readonly AnyProjection[]): Promise<number> => {
      const generations = await Promise.all(wanted.map((one) => documents.begin(one)))
      const until = feed.head()
      const since = performance.now()
      await Promise.all(
        generations.map((generation) =>
          projectGeneration(generation, {
            feed,
            documents,
            letters,
            control,
            signal: new AbortController().signal,
            moved: () => undefined,
            onError: (error) => {
              throw error
            },
            until,
          }),
        ),
      )
      const rate = Number(until) / ((performance.now() - since) / 1_000)
      for (const generation of generations) await documents.drop(generation)
      return rate
    },
    [Symbol.asyncDispose]: async () => {
      await control.close()
      await feed.close()
    },
  }
}

type Subject = {
  readonly what: string
  readonly profile: string
  readonly of: 'whole' | 'sales'
  readonly wanted: (core: Core) => readonly AnyProjection[]
  readonly goal?: number
}

const subjects: readonly Subject[] = [
  {
    what: 'one projection (orders), every event matters to it',
    profile: 'projection-one',
    of: 'sales',
    wanted: () => [orders],
    goal,
  },
  {
    what: 'all projections, a whole history',
    profile: 'projection-all',
    of: 'whole',
    wanted: ({ sagas }) => [...projections, sagaOverview(sagas)],
  },
]

const measureSubject = async (
  bench: Bench,
  { what, profile, of, wanted: wantedOf, goal: least }: Subject,
): Promise<Measure> => {
  await using own = await bench.freshDatabase()
  await using core = await coreOf(own.database)
  await writeHistory(core.log, of, bench.many(100_000))
  await own.database.query('ANALYZE agora.events')
  const wanted = wantedOf(core)
  await using runtime = await catchUpOf(own, core)

  const { rounds, note } = await quietRounds(bench.rounds(3), async () => {
    await own.checkpoint()
    const raw = await readPages(own)
    const since = performance.now()
    const { cpu } = usageOfThis()
    const postgres = bench.postgresShare()
    const rate = await runtime.catchUp(wanted)
    const here = share(usageOfThis().cpu - cpu, (performance.now() - since) / 1_000)
    return { raw, rate, busy: `this process ${here}, PostgreSQL ${postgres()} of a core` }
  })
  if (bench.profiles !== undefined) await bench.profiled(profile, () => runtime.catchUp(wanted))
  const figure = median(rounds.map(({ rate }) => rate))
  return {
    what: `${what}, ${await core.log.head()} events`,
    figure,
    unit: '/s',
    reference: { what: 'raw pages', figure: median(rounds.map(({ raw }) => raw)) },
    ratio: median(rounds.map(({ raw, rate }) => rate / raw)),
    ...(least !== undefined && { goal: atLeast(least, '/s', figure) }),
    notes: [...rounds.map(({ rate, busy }) => `${Math.round(rate)}/s: ${busy}`), note],
  }
}

/** Read models that catch up with a log of 100,000 events, beside reading the same log page by page. */
export default async (bench: Bench): Promise<readonly Measure[]> => {
  const measures: Measure[] = []
  for (const subject of subjects) measures.push(await measureSubject(bench, subject))
  return measures
}
