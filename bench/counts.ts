import { setTimeout as pause } from 'node:timers/promises'
import {
  countedPostgres,
  type Cost,
  type CountedAgora,
} from '../test/budgets/support/counted-agora.ts'
import { many, usedShop } from '../test/budgets/support/used-shop.ts'
import type { Bench } from './support/bench.ts'
import { atMost, type Measure } from './support/measure.ts'
import { median } from './support/statistics.ts'

/** Maximum counts of each operation. */
type Goals = Partial<Record<'statements' | 'fsyncs' | 'commits' | 'turns', number>>

/** Roles of several processes on one PostgreSQL. */
const splits = [
  ['gateway,api', 'projections,sagas,jobs'],
  ['gateway,api', 'projections', 'sagas,jobs'],
] as const

const names = {
  statements: 'statements',
  fsyncs: 'commits that wait for the disk',
  commits: 'transactions that write',
  turns: 'turns of the loop',
} as const

/** Creates one row for each goal. @param operations number of executed operations */
const rowsOf = (what: string, cost: Cost, operations: number, goals: Goals): readonly Measure[] =>
  Object.entries(goals).map(([name, goal]) => {
    const figure = cost[name as keyof Goals] / operations
    return {
      what: `${what}: ${names[name as keyof Goals]}`,
      figure,
      unit: '',
      goal: atMost(goal, '', figure),
    }
  })

/** Places orders one at a time, each after all effects of the one before have ended. */
const ordersAlone = async (
  agora: CountedAgora,
  { order }: Awaited<ReturnType<typeof usedShop>>,
  count: number,
  where = '',
): Promise<readonly Measure[]> => {
  const costs: Cost[] = []
  const inRow: number[] = []
  for (let number = 0; number < count; number += 1)
    costs.push(
      await agora.cost(async () => {
        await order(number)
        inRow.push(agora.soFar().fsyncs)
      }),
    )
  const middle = (of: (cost: Cost) => number) => median(costs.map(of))
  const typical = {
    ...costs[0]!,
    statements: middle((it) => it.statements),
    fsyncs: middle((it) => it.fsyncs),
  }
  const figure = median(inRow)
  return [
    ...rowsOf(`one order alone, with its mails${where}`, typical, 1, {
      statements: 24,
      fsyncs: 12,
    }),
    {
      what: `one order alone: commits in a row until CONFIRMED is shown${where}`,
      figure,
      unit: '',
      goal: atMost(9, '', figure),
      notes: ['those that wait for the disk, from the request to the read model'],
    },
  ]
}

const plainCommands = async (
  agora: CountedAgora,
  { count: put }: Awaited<ReturnType<typeof usedShop>>,
  count: number,
): Promise<readonly Measure[]> => {
  const cost = await agora.cost(() => many(count, 1, put(1)))
  return rowsOf('one plain command alone', cost, count, { statements: 2.5, fsyncs: 1.1 })
}

/** Time after which chores wait for events, in ms. */
const idleAfter = 10_000

const idleSeconds = async (agora: CountedAgora, ms: number): Promise<readonly Measure[]> => {
  await pause(idleAfter)
  const cost = await agora.cost(() => pause(ms))
  return rowsOf('an idle second', cost, cost.took / 1_000, { turns: 30, statements: 4 })
}

/** Statements, commits and turns of the event loop, counted in PostgreSQL's log, which other programs do not affect. */
export default async (bench: Bench): Promise<readonly Measure[]> => {
  await using postgres = await countedPostgres()
  await using agora = await postgres.start()
  const used = await usedShop(agora)
  const rows = [
    ...(await ordersAlone(agora, used, bench.many(20))),
    ...(await plainCommands(agora, used, bench.many(100))),
    ...(await idleSeconds(agora, 1_000 * bench.seconds(30))),
  ]
  used.close()
  for (const split of splits) {
    await using several = await postgres.start({ split })
    const shop = await usedShop(several)
    const where = `, in ${split.length} processes`
    rows.push(...(await ordersAlone(several, shop, bench.many(20), where)))
    shop.close()
  }
  return rows
}
