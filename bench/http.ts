import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Bench } from './support/bench.ts'
import { cannon, type Aim, type Shot } from './support/cannon.ts'
import { capacity, medianCost, meter } from './support/costs.ts'
import { atLeast, type Cost, type Measure } from './support/measure.ts'
import { startServer } from './support/process.ts'
import { quietRounds } from './support/rounds.ts'
import { openShop, prefix } from './support/shop.ts'
import { median } from './support/statistics.ts'

const connections = 32

/** Goals, as shares of the bare route: of the measured rate, and of the rate without the load generator's cost. */
const goals = { served: 0.24, ofServers: 0.33 }

const bareServer = join(import.meta.dirname, 'support/bare-server.ts')

/** One server under load. */
type Fired = { readonly shot: Shot; readonly cost: Required<Cost> }

type Round = { readonly agora: Fired; readonly bare: Fired }

const cpuOfServers = ({ server, postgres }: Required<Cost>): string =>
  `server ${server.toFixed(0)} + PostgreSQL ${postgres.toFixed(0)} µs`

/**
 * Computes the rates without the load generator's cost: what each server could execute if the load generator had cores of
 * its own, from the CPU time of an operation.
 */
const withoutLoad = (rounds: readonly Round[]): Measure => {
  const cores = availableParallelism()
  const capacityOf = { agora: [] as number[], bare: [] as number[] }
  for (const { agora, bare } of rounds) {
    capacityOf.agora.push(capacity(agora.cost, cores))
    // The bare route does not use PostgreSQL; its CPU time in that round belongs to earlier work.
    capacityOf.bare.push(capacity({ ...bare.cost, postgres: 0 }, cores))
  }
  const ratio = median(capacityOf.agora.map((one, round) => one / capacityOf.bare[round]!))
  const [agora, bare] = [
    medianCost(rounds.map((one) => one.agora.cost)),
    medianCost(rounds.map((one) => one.bare.cost)),
  ]
  return {
    what: `the same, with the load generator's cost taken off`,
    figure: median(capacityOf.agora),
    unit: '/s',
    reference: { what: 'bare route', figure: median(capacityOf.bare) },
    ratio,
    cost: { server: agora.server, postgres: agora.postgres },
    goal: atLeast(goals.ofServers, '', ratio),
    notes: [
      `computed: 1 s ÷ max(server, (server + PostgreSQL) ÷ ${cores} cores), from CPU times of an operation: ${cpuOfServers(agora)}; bare route ${cpuOfServers({ ...bare, postgres: 0 })}`,
      `CPU of the bare route ÷ CPU of server + PostgreSQL: ${(bare.server / (agora.server + agora.postgres)).toFixed(2)}`,
    ],
  }
}

/** Commands over HTTP at 32 connections, relative to a Fastify route that makes the same checks and does nothing. */
export default async (bench: Bench): Promise<readonly Measure[]> => {
  await using shop = await openShop(bench, { products: bench.many(1_000) })
  await using bare = await startServer(bench, bareServer, { AGORA_URL: shop.server.url })
  using gun = cannon()

  const requests = shop.products.map((id): Aim => ({
    method: 'PUT',
    path: `${prefix}/inventory/${id}`,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${shop.admin}` },
    body: JSON.stringify({ delta: 1, reason: 'bench' }),
  }))
  const fire = (url: string, seconds: number) => gun.fire({ url, connections, seconds, requests })
  const measured = async (server: typeof bare, seconds: number): Promise<Fired> => {
    const ended = await meter(bench, server)
    const shot = await fire(server.url, seconds)
    return { shot, cost: await ended(shot.count, shot.cpu) }
  }

  await fire(shop.server.url, bench.seconds(3))
  await fire(bare.url, bench.seconds(2))
  const { rounds, note } = await quietRounds(bench.rounds(4), async (): Promise<Round> => {
    await shop.database.checkpoint()
    const agora = await measured(shop.server, bench.seconds(4))
    return { agora, bare: await measured(bare, bench.seconds(2)) }
  })
  await shop.server.profiled('http', () => fire(shop.server.url, bench.seconds(4)))

  const middle = (of: 'agora' | 'bare', name: 'rate' | 'p50' | 'p99') =>
    median(rounds.map((round) => round[of].shot[name]))
  const ratio = median(rounds.map(({ agora, bare: { shot } }) => agora.shot.rate / shot.rate))
  const failed = rounds.reduce((sum, { agora }) => sum + agora.shot.failed, 0)
  return [
    {
      what: `commands over HTTP, ${connections} connections, ${shop.products.length} products`,
      figure: middle('agora', 'rate'),
      unit: '/s',
      reference: { what: 'bare route', figure: middle('bare', 'rate') },
      ratio,
      cost: medianCost(rounds.map(({ agora }) => agora.cost)),
      goal: atLeast(goals.served, '', ratio),
      notes: [
        `p50 ${middle('agora', 'p50')}, p99 ${middle('agora', 'p99')} ms; bare p50 ${middle('bare', 'p50')}, p99 ${middle('bare', 'p99')} ms; ${failed} failed`,
        note,
      ],
    },
    withoutLoad(rounds),
  ]
}
