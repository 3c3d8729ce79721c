import { createServer } from 'node:http'
import { once } from 'node:events'
import type { Bench } from './support/bench.ts'
import { cannon } from './support/cannon.ts'
import { comparedShops, connections } from './support/compared-shops.ts'
import { medianCost } from './support/costs.ts'
import { atMost, type Cost, type Measure } from './support/measure.ts'
import { openShop, type Shop } from './support/shop.ts'
import { median } from './support/statistics.ts'

/** Shares of traces that are sampled; the first is without a trace store. */
const subjects: readonly {
  readonly what: string
  readonly ratio?: string
  readonly goal?: number
}[] = [
  { what: 'not traced' },
  { what: 'every trace sampled', ratio: '1', goal: 15 },
  { what: 'a tenth of the traces sampled', ratio: '0.1', goal: 5 },
]

/**
 * Times that all processes are started. Two of the same configuration may differ by a tenth in what a command costs for as
 * long as they run: no number of rounds would average that out.
 */
const sittings = 4

/** A trace store that takes everything and reads nothing. */
const sink = async () => {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.end())
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

const both = ({ server, postgres }: Required<Cost>): number => server + postgres

/** CPU time of a command with tracing, relative to the same without. */
export default async (bench: Bench): Promise<readonly Measure[]> => {
  await using all = new AsyncDisposableStack()
  using gun = cannon()
  const { url } = all.use(await sink())
  const rounds: (readonly Required<Cost>[])[] = []
  const notes: string[] = []
  for (let sitting = 1; sitting <= bench.rounds(sittings); sitting++) {
    await using opened = new AsyncDisposableStack()
    const shops: Shop[] = []
    for (const { ratio } of subjects) {
      const env = ratio !== undefined && {
        OTEL_EXPORTER_OTLP_ENDPOINT: url,
        OTEL_TRACES_SAMPLER_ARG: ratio,
      }
      const products = bench.many(200)
      shops.push(opened.use(await openShop(bench, { products, ...(env && { env }) })))
    }
    const compared = await comparedShops(bench, shops, gun, 5)
    rounds.push(...compared.rounds)
    notes.push(compared.note)
    if (sitting === 1)
      await shops[1]!.server.profiled('tracing', () =>
        compared.command(shops[1]!, bench.seconds(4)),
      )
  }

  /** The least cost of all rounds, which other programs have disturbed the least. */
  const leastOf = (index: number) => Math.min(...rounds.map((costs) => both(costs[index]!)))
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
      ...(index > 0 && { reference: { what: 'not traced', figure: both(costOf(0)) }, ratio }),
      ...(goal !== undefined && {
        goal: { ...atMost(goal, '%', 100 * (ratio - 1)), text: `≤ +${goal} %` },
      }),
      notes:
        index === 0
          ? [`${notes.length} starts of all processes`, ...notes]
          : [
              `more, by round: ${more}; the least of all rounds: ${leastOf(index).toFixed(0)} µs, ${(100 * (leastOf(index) / leastOf(0) - 1)).toFixed(1)} % more`,
            ],
    }
  })
}
