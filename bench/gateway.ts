import type { Bench } from './support/bench.ts'
import { cannon, type Aim, type Shot } from './support/cannon.ts'
import type { Measure } from './support/measure.ts'
import { agora, startServer } from './support/process.ts'
import { quietRounds } from './support/rounds.ts'
import { openShop, prefix } from './support/shop.ts'
import { median } from './support/statistics.ts'

const connections = 32

/** The goal: this share of what a process serves that is asked itself. */
const goal = 0.6

type Round = { readonly direct: Shot; readonly through: Shot; readonly busy: string }

/** Reads through a gateway in front of one `api` process, beside the same process asked itself. */
export default async (bench: Bench): Promise<readonly Measure[]> => {
  await using shop = await openShop(bench, {
    products: bench.many(1_000),
    env: { AGORA_ROLES: 'api,projections,sagas,jobs', AGORA_DIRECT_CALLS: 'true' },
  })
  const api = shop.server
  await using front = await startServer(bench, agora, {
    PORT: '0',
    AGORA_DATA: shop.data,
    AGORA_ROLES: 'gateway',
    POSTGRES_URL: shop.database.url,
    RATE_LIMIT: 'off',
    AGORA_ESDB_PORT: 'off',
  })
  using gun = cannon()

  const aim = (path: string): Aim => ({
    method: 'GET',
    path: `${prefix}${path}`,
    headers: { authorization: `Bearer ${shop.buyer}` },
    body: '',
  })
  const subjects = [
    { what: 'one product', requests: shop.products.map((id) => aim(`/products/${id}`)) },
    {
      what: 'a list of 20 products',
      requests: Array.from({ length: 20 }, (_, page) => aim(`/products?page=${page + 1}&limit=20`)),
    },
  ]

  const measures: Measure[] = []
  for (const { what, requests } of subjects) {
    const fire = (url: string, seconds: number) => gun.fire({ url, connections, seconds, requests })
    await fire(api.url, bench.seconds(2))
    await fire(front.url, bench.seconds(2))
    const { rounds, note } = await quietRounds(bench.rounds(4), async (round): Promise<Round> => {
      const direct = await fire(api.url, bench.seconds(4))
      const shares = [await front.share(), await api.share()] as const
      const postgres = bench.postgresShare()
      const through = await fire(front.url, bench.seconds(4))
      const busy = `round ${round}: ${Math.round(through.rate)}/s, gateway ${await shares[0]()}, api ${await shares[1]()}, PostgreSQL ${postgres()} of a core`
      return { direct, through, busy }
    })
    const ratio = median(rounds.map(({ direct, through }) => through.rate / direct.rate))
    const failed = rounds.reduce((sum, one) => sum + one.direct.failed + one.through.failed, 0)
    measures.push({
      what: `through the gateway: ${what}, ${connections} connections`,
      figure: median(rounds.map(({ through }) => through.rate)),
      unit: '/s',
      reference: {
        what: 'the api process itself',
        figure: median(rounds.map(({ direct }) => direct.rate)),
      },
      ratio,
      goal: { text: `≥ ${goal}`, met: ratio >= goal },
      notes: [
        `p50 ${median(rounds.map(({ through }) => through.p50))}, p99 ${median(rounds.map(({ through }) => through.p99))} ms; itself p50 ${median(rounds.map(({ direct }) => direct.p50))}, p99 ${median(rounds.map(({ direct }) => direct.p99))} ms; ${failed} failed`,
        ...rounds.map(({ busy }) => busy),
        note,
      ],
    })
  }
  await front.profiled('gateway', () =>
    gun.fire({
      url: front.url,
      connections,
      seconds: bench.seconds(4),
      requests: subjects[0]?.requests ?? [],
    }),
  )
  return measures
}
