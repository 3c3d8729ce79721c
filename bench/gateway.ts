import type { Bench } from './support/bench.ts'
import { cannon, type Aim, type Shot } from './support/cannon.ts'
import type { Measure } from './support/measure.ts'
import { agora, startServer, type ServerProcess } from './support/process.ts'
import { quietRounds } from './support/rounds.ts'
import { openShop, prefix } from './support/shop.ts'
import { median } from './support/statistics.ts'

const connections = 32

/** The goal: this share of what a process serves that is asked itself. */
const goal = 0.6

type Round = {
  readonly direct: Shot
  readonly through: Shot
  /** CPU time of a request, in µs: of the process asked itself; of the gateway and of what is behind it. */
  readonly itself: number
  readonly gateway: number
  readonly behind: number
}

/** What one request costs a process while others are fired at, in µs of CPU time. */
const costOf = async (server: ServerProcess): Promise<(requests: number) => Promise<number>> => {
  const before = await server.usage()
  return async (requests) => ((await server.usage()).cpu - before.cpu) * (1e6 / requests)
}

/**
 * Reads through a gateway in front of one `api` process, beside the same process asked itself: what the gateway keeps and
 * answers by itself, and what it has to pass on each time.
 */
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
    {
      name: 'product',
      what: 'one product, kept by the gateway',
      requests: shop.products.map((id) => aim(`/products/${id}`)),
    },
    {
      name: 'list',
      what: 'a list of 20 products, kept by the gateway',
      requests: Array.from({ length: 20 }, (_, page) => aim(`/products?page=${page + 1}&limit=20`)),
    },
    { name: 'passed', what: 'oneself, always passed on', requests: [aim('/users/me')] },
  ]

  const measures: Measure[] = []
  for (const { name, what, requests } of subjects) {
    const fire = (url: string, seconds: number) => gun.fire({ url, connections, seconds, requests })
    await fire(api.url, bench.seconds(2))
    await fire(front.url, bench.seconds(2))
    const { rounds, note } = await quietRounds(bench.rounds(4), async (): Promise<Round> => {
      const seconds = bench.seconds(4)
      const ofItself = await costOf(api)
      const direct = await fire(api.url, seconds)
      const itself = await ofItself(direct.rate * seconds)
      const [ofGateway, ofBehind] = [await costOf(front), await costOf(api)]
      const through = await fire(front.url, seconds)
      const requested = through.rate * seconds
      const [gateway, behind] = [await ofGateway(requested), await ofBehind(requested)]
      return { direct, through, itself, gateway, behind }
    })
    await front.profiled(`gateway-${name}`, () =>
      api.profiled(`api-${name}`, () => fire(front.url, bench.seconds(4))),
    )
    const ratio = median(rounds.map(({ direct, through }) => through.rate / direct.rate))
    const cost = (of: (round: Round) => number) => Math.round(median(rounds.map(of)))
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
        `CPU of a request: gateway ${cost(({ gateway }) => gateway)}, behind it ${cost(({ behind }) => behind)} µs; itself ${cost(({ itself }) => itself)} µs`,
        note,
      ],
    })
  }
  return measures
}
