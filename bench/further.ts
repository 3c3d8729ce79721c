import { join } from 'node:path'
import type { Bench } from './support/bench.ts'
import { cannon } from './support/cannon.ts'
import { comparedShops, connections } from './support/compared-shops.ts'
import { medianCost } from './support/costs.ts'
import { atMost, type Cost, type Goal, type Measure } from './support/measure.ts'
import { openShop, type Shop } from './support/shop.ts'
import { median } from './support/statistics.ts'

const program = join(import.meta.dirname, 'support/agora-with-more.ts')

/** Measured configurations; the first is the baseline. */
const subjects: readonly {
  readonly what: string
  readonly bystanders: number
  readonly companions: number
  /** Maximum additional cost of a command, in per cent. */
  readonly goal?: number
}[] = [
  { what: 'no further projections', bystanders: 0, companions: 0 },
  {
    what: '40 further projections that read nothing of it',
    bystanders: 40,
    companions: 0,
    goal: 1,
  },
  { what: '5 further projections that read it', bystanders: 0, companions: 5 },
]

const both = ({ server, postgres }: Required<Cost>): number => server + postgres

const within = (goal: number, more: number): Goal => atMost(goal, '%', more)

/** CPU time of a command with further read models, relative to the same without them. */
export default async (bench: Bench): Promise<readonly Measure[]> => {
  await using all = new AsyncDisposableStack()
  using gun = cannon()
  const shops: Shop[] = []
  for (const { bystanders, companions } of subjects)
    shops.push(
      all.use(
        await openShop(bench, {
          products: bench.many(200),
          program,
          env: { FURTHER: JSON.stringify({ bystanders, companions }) },
        }),
      ),
    )

  const { rounds, note } = await comparedShops(bench, shops, gun)

  const costOf = (index: number) => medianCost(rounds.map((costs) => costs[index]!))
  return subjects.map(({ what, goal }, index): Measure => {
    const ratios = rounds.map((costs) => both(costs[index]!) / both(costs[0]!))
    const ratio = median(ratios)
    const more = ratios.map((one) => `${(100 * (one - 1)).toFixed(1)} %`).join(', ')
    return {
      what: `CPU of a command (server + PostgreSQL), ${connections} connections, ${what}`,
      figure: both(costOf(index)),
      unit: 'µs',
      cost: costOf(index),
      ...(index > 0 && {
        reference: { what: 'none further', figure: both(costOf(0)) },
        ratio,
      }),
      ...(goal !== undefined && {
        goal: { ...within(goal, 100 * (ratio - 1)), text: `≤ +${goal} %` },
      }),
      notes: index === 0 ? [note] : [`more, by round: ${more}`],
    }
  })
}
