import type { Bench } from './support/bench.ts'
import { cannon, type Aim, type Shot } from './support/cannon.ts'
import { medianCost, meter } from './support/costs.ts'
import { atLeast, type Cost, type Measure } from './support/measure.ts'
import { agora, startServer, type ServerProcess } from './support/process.ts'
import { quietRounds } from './support/rounds.ts'
import { openShop, prefix } from './support/shop.ts'
import { median } from './support/statistics.ts'

const connections = 32

/** Goal: rate through the gateway, as a share of the rate of the api process called directly. */
const goal = 0.65

type Round = {
  readonly direct: Shot
  readonly through: Shot
  /** CPU time of a request at the api process called directly, at the gateway, and at the api process behind it. */
  readonly itself: Required<Cost>
  readonly gateway: Required<Cost>
  readonly behind: Required<Cost>
}

/** Starts to measure the CPU time of requests, in µs, of a process and of the load generator. */
const costOf = async (bench: Bench, server: ServerProcess) => {
  const ended = await meter(bench, server)
  return async ({ count, cpu }: Shot) => ended(count, cpu)
}

/**
 * Reads through a gateway in front of one `api` process, relative to the same process called directly: answers from the
 * response cache, and answers that are forwarded each time.
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
      const ofItself = await costOf(bench, api)
      const direct = await fire(api.url, seconds)
      const itself = await ofItself(direct)
      const [ofGateway, ofBehind] = [await costOf(bench, front), await costOf(bench, api)]
      const through = await fire(front.url, seconds)
      const [gateway, behind] = [await ofGateway(through), await ofBehind(through)]
      return { direct, through, itself, gateway, behind }
    })
    await front.profiled(`gateway-${name}`, () =>
      api.profiled(`api-${name}`, () => fire(front.url, bench.seconds(4))),
    )
    const ratio = median(rounds.map(({ direct, through }) => through.rate / direct.rate))
    const cost = (of: 'itself' | 'gateway' | 'behind') => medianCost(rounds.map((one) => one[of]))
    const [gateway, behind] = [cost('gateway'), cost('behind')]
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
      cost: { ...gateway, server: gateway.server + behind.server },
      goal: atLeast(goal, '', ratio),
      notes: [
        `p50 ${median(rounds.map(({ through }) => through.p50))}, p99 ${median(rounds.map(({ through }) => through.p99))} ms; itself p50 ${median(rounds.map(({ direct }) => direct.p50))}, p99 ${median(rounds.map(({ direct }) => direct.p99))} ms; ${failed} failed`,
        `CPU of a request: gateway ${gateway.server.toFixed(0)}, behind it ${behind.server.toFixed(0)} µs; itself ${cost('itself').server.toFixed(0)} µs`,
        note,
      ],
    })
  }
  return measures
}
