import { setTimeout as pause } from 'node:timers/promises'
import {
  countedPostgres,
  type Cost,
  type CountedAgora,
} from '../test/budgets/support/counted-agora.ts'
import type { Bench } from './support/bench.ts'
import { atMost, type Measure } from './support/measure.ts'
import { median } from './support/statistics.ts'

/** What a stretch of work may cost at most, each operation of it. */
type Goals = Partial<Record<'statements' | 'fsyncs' | 'commits' | 'turns', number>>

const names = {
  statements: 'statements',
  fsyncs: 'commits that wait for the disk',
  commits: 'transactions that write',
  turns: 'turns of the loop',
} as const

/** One row for each goal. @param operations so many were executed */
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

/** Orders placed one at a time, each after everything that followed from the one before has ended. */
const ordersAlone = async (agora: CountedAgora, count: number): Promise<readonly Measure[]> => {
  const { shop } = agora
  const product = await shop.sell(1_000)
  const buyer = await shop.register()
  const whole = async () => {
    const { status } = await buyer.settled(await buyer.buy({ [product]: 1 }))
    if (status !== 'CONFIRMED') throw new Error(`An order ended as ${status}`)
  }
  for (let warm = 0; warm < 5; warm += 1) await whole()
  const costs: Cost[] = []
  const inRow: number[] = []
  for (let order = 0; order < count; order += 1)
    costs.push(
      await agora.cost(async () => {
        await whole()
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
    ...rowsOf('one order alone, with its mails', typical, 1, { statements: 24, fsyncs: 12 }),
    {
      what: 'one order alone: commits in a row until CONFIRMED is shown',
      figure,
      unit: '',
      goal: atMost(9, '', figure),
      notes: ['those that wait for the disk, from the request to the read model'],
    },
  ]
}

const plainCommands = async (agora: CountedAgora, count: number): Promise<readonly Measure[]> => {
  const seller = await agora.shop.admin()
  const product = await agora.shop.sell(1_000)
  const put = async (quantity: number) => {
    const path = `/inventory/${product}`
    const { status } = await seller.call('PUT', path, { quantity, reason: 'bench' })
    if (status !== 200) throw new Error(`A command was answered with ${status}`)
  }
  await put(1)
  const cost = await agora.cost(async () => {
    for (let command = 2; command < count + 2; command += 1) await put(command)
  })
  return rowsOf('one plain command alone', cost, count, { statements: 2.5, fsyncs: 1.1 })
}

const idleSeconds = async (agora: CountedAgora, ms: number): Promise<readonly Measure[]> => {
  const cost = await agora.cost(() => pause(ms))
  return rowsOf('an idle second', cost, cost.took / 1_000, { turns: 30, statements: 4 })
}

/** Statements, commits and turns of the event loop, by PostgreSQL's own log: counts that no other program disturbs. */
export default async (bench: Bench): Promise<readonly Measure[]> => {
  await using postgres = await countedPostgres()
  await using agora = await postgres.start()
  return [
    ...(await ordersAlone(agora, bench.many(20))),
    ...(await plainCommands(agora, bench.many(100))),
    ...(await idleSeconds(agora, 1_000 * bench.seconds(5))),
  ]
}
