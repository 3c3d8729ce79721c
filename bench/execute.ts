import type { Bench } from './support/bench.ts'
import { coreOf } from './support/core.ts'
import { share } from './support/cpu.ts'
import { callers, type Done } from './support/load.ts'
import { atLeast, type Measure } from './support/measure.ts'
import { usageOfThis } from './support/observed.ts'
import { rawInsert } from './support/raw-insert.ts'
import { quietRounds } from './support/rounds.ts'
import { latencies, median } from './support/statistics.ts'
import { many, stockCommands } from './support/stock-commands.ts'

type Round = { readonly raw: Done; readonly fresh: Done; readonly existing: Done }

/** Commands of 256 callers in one process, beside a hand-written insert that shares round trips as well. */
export default async (bench: Bench): Promise<readonly Measure[]> => {
  await using own = await bench.freshDatabase()
  await using core = await coreOf(own.database)
  await using raw = await rawInsert(own.url)
  const {
    onNew: begin,
    onExisting: adjustSome,
    products,
  } = await stockCommands(core, bench.many(2_000))

  const busy: string[] = []
  const run = async (name: string, call: () => Promise<unknown>): Promise<Done> => {
    await own.checkpoint()
    const since = performance.now()
    const { cpu } = usageOfThis()
    const postgres = bench.postgresShare()
    const done = await callers(many, bench.seconds(2.5), call)
    const here = share(usageOfThis().cpu - cpu, (performance.now() - since) / 1_000)
    busy.push(`${name}: this process ${here}, PostgreSQL ${postgres()} of a core`)
    return done
  }

  for (const call of [raw.insert, begin, adjustSome]) await callers(many, bench.seconds(1), call)
  const { rounds, note } = await quietRounds(bench.rounds(3), async (): Promise<Round> => ({
    raw: await run('raw', raw.insert),
    fresh: await run('new streams', begin),
    existing: await run('existing streams', adjustSome),
  }))
  await bench.profiled('execute-new', () => callers(many, bench.seconds(2), begin))
  await bench.profiled('execute-existing', () => callers(many, bench.seconds(2), adjustSome))

  const measureOf = (what: string, of: 'fresh' | 'existing'): Measure => {
    const ratio = median(rounds.map((round) => round[of].rate / round.raw.rate))
    return {
      what,
      figure: median(rounds.map((round) => round[of].rate)),
      unit: '/s',
      reference: {
        what: 'coalesced raw insert',
        figure: median(rounds.map((round) => round.raw.rate)),
      },
      ratio,
      goal: { ...atLeast(0.5, '', ratio), text: '≥ 0.50' },
      notes: [
        `${latencies(rounds.flatMap((round) => round[of].latencies))}; raw ${latencies(rounds.flatMap((round) => round.raw.latencies))}`,
      ],
    }
  }
  return [
    measureOf(`execute, ${many} callers, new streams`, 'fresh'),
    {
      ...measureOf(`execute, ${many} callers, ${products} existing streams`, 'existing'),
      notes: [...measureOf('', 'existing').notes!, ...busy.slice(-3), note],
    },
  ]
}
