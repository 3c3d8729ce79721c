import { join } from 'node:path'
import type { Bench } from './support/bench.ts'
import { cannon, type Aim, type Shot } from './support/cannon.ts'
import type { Measure } from './support/measure.ts'
import { startServer } from './support/process.ts'
import { quietRounds } from './support/rounds.ts'
import { openShop, prefix } from './support/shop.ts'
import { median } from './support/statistics.ts'

const connections = 32

/** The goal: so many commands a second, or this share of what the bare route serves. */
const goal = { rate: 8_000, ratio: 0.38 }

const bareServer = join(import.meta.dirname, 'support/bare-server.ts')

type Round = { readonly agora: Shot; readonly bare: Shot; readonly busy: string }

/** Commands over HTTP at 32 connections, beside a Fastify route that makes the same checks and does nothing. */
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

  await fire(shop.server.url, bench.seconds(3))
  await fire(bare.url, bench.seconds(2))
  const { rounds, note } = await quietRounds(bench.rounds(4), async (round): Promise<Round> => {
    await shop.database.checkpoint()
    const server = await shop.server.share()
    const postgres = bench.postgresShare()
    const agora = await fire(shop.server.url, bench.seconds(4))
    const busy = `round ${round}: ${Math.round(agora.rate)}/s, server ${await server()}, PostgreSQL ${postgres()} of a core`
    return { agora, busy, bare: await fire(bare.url, bench.seconds(2)) }
  })
  await shop.server.profiled('http', () => fire(shop.server.url, bench.seconds(4)))

  const rate = median(rounds.map(({ agora }) => agora.rate))
  const ratio = median(rounds.map(({ agora, bare: reference }) => agora.rate / reference.rate))
  const failed = rounds.reduce((sum, { agora }) => sum + agora.failed, 0)
  return [
    {
      what: `commands over HTTP, ${connections} connections, ${shop.products.length} products`,
      figure: rate,
      unit: '/s',
      reference: { what: 'bare route', figure: median(rounds.map((one) => one.bare.rate)) },
      ratio,
      goal: { text: '≥ 8,000/s or ≥ 0.38', met: rate >= goal.rate || ratio >= goal.ratio },
      notes: [
        `p50 ${median(rounds.map(({ agora }) => agora.p50))}, p99 ${median(rounds.map(({ agora }) => agora.p99))} ms; bare p50 ${median(rounds.map((one) => one.bare.p50))}, p99 ${median(rounds.map((one) => one.bare.p99))} ms; ${failed} failed`,
        ...rounds.map(({ busy }) => busy),
        note,
      ],
    },
  ]
}
