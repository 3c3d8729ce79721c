import type { Bench } from './support/bench.ts'
import { coreOf } from './support/core.ts'
import { medianCost, meter } from './support/costs.ts'
import { callers, type Done } from './support/load.ts'
import { atLeast, type Cost, type Measure } from './support/measure.ts'
import { rawInsert } from './support/raw-insert.ts'
import { quietRounds } from './support/rounds.ts'
import { latencies, median } from './support/statistics.ts'
import { many, stockCommands } from './support/stock-commands.ts'

type Measured = Done & { readonly cost: Required<Cost> }

type Round = { readonly raw: Measured; readonly fresh: Measured; readonly existing: Measured }

/** Goals, as shares of the raw insert. */
const goals = { fresh: 0.5, existing: 0.55 }

/** Commands of 256 callers in one process, relative to a hand-written insert that shares round trips as well. */
export default async (bench: Bench): Promise<readonly Measure[]> => {
  await using own = await bench.freshDatabase()
  await using core = await coreOf(own.database)
  await using raw = await rawInsert(own.url)
  const {
    onNew: begin,
    onExisting: adjustSome,
    products,
  } = await stockCommands(core, bench.many(2_000))

  const run = async (call: () => Promise<unknown>): Promise<Measured> => {
    await own.checkpoint()
    const ended = await meter(bench)
    const done = await callers(many, bench.seconds(2.5), call)
    return { ...done, cost: await ended(done.latencies.length) }
  }

  for (const call of [raw.insert, begin, adjustSome]) await callers(many, bench.seconds(1), call)
  const { rounds, note } = await quietRounds(bench.rounds(3), async (): Promise<Round> => ({
    raw: await run(raw.insert),
    fresh: await run(begin),
    existing: await run(adjustSome),
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
      cost: medianCost(rounds.map((round) => round[of].cost)),
      goal: atLeast(goals[of], '', ratio),
      notes: [
        `${latencies(rounds.flatMap((round) => round[of].latencies))}; raw ${latencies(rounds.flatMap((round) => round.raw.latencies))}`,
      ],
    }
  }
  return [
    measureOf(`execute, ${many} callers, new streams`, 'fresh'),
    {
      ...measureOf(`execute, ${many} callers, ${products} existing streams`, 'existing'),
      notes: [...measureOf('', 'existing').notes!, note],
    },
  ]
}
