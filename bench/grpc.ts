import { readFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Client, credentials, Metadata } from '@grpc/grpc-js'
import { Pool } from 'undici'
import { loadContracts } from '../src/edges/grpc/contracts.ts'
import {
  grpcAudience,
  internalCalls,
  internalHeader,
} from '../src/platform/security/internal-calls.ts'
import { secretsFrom } from '../src/platform/security/keys/secrets.ts'
import type { Bench } from './support/bench.ts'
import { medianCost, meter } from './support/costs.ts'
import { callers } from './support/load.ts'
import { atLeast, type Cost, type Measure } from './support/measure.ts'
import { quietRounds } from './support/rounds.ts'
import { openShop, prefix } from './support/shop.ts'
import { latencies, median } from './support/statistics.ts'
import { usageOfThis } from './support/usage.ts'

const connections = 32

/** Goal: rate over gRPC, as a share of the rate over HTTP. */
const goal = 0.25

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })

type Hop = {
  readonly rate: number
  readonly cost: Required<Cost>
  readonly each: readonly number[]
}

/** One internal hop: a signed call of an `api` process over gRPC, beside the same call over HTTP, as gateways send it. */
export default async (bench: Bench): Promise<readonly Measure[]> => {
  const port = await freePort()
  await using shop = await openShop(bench, {
    products: 1,
    env: {
      AGORA_ROLES: 'api,projections,sagas,jobs',
      AGORA_DIRECT_CALLS: 'true',
      AGORA_GRPC_PORT: String(port),
    },
  })
  const { server, buyer: token, client: http } = shop
  const secret = (await readFile(join(shop.data, 'secret'), 'utf8')).trim()
  const signing = (purpose: string) => {
    const { tokenFor } = internalCalls(secretsFrom(secret)(purpose))
    return (audience: string, method: string, url: string) =>
      tokenFor({ audience, method, url, userId: '', address: '' })
  }
  const [signedHttp, signedGrpc] = [signing('internal-calls'), signing('grpc-calls')]
  const { data } = await http.call<{ readonly data: { readonly userId: string } }>(
    'GET',
    `${prefix}/users/me`,
    undefined,
    token,
  )
  const id = data.userId

  const pool = new Pool(server.url, { connections, pipelining: 1 })
  const path = `${prefix}/users/${id}`
  const overHttp = async (): Promise<void> => {
    const { body, statusCode } = await pool.request({
      method: 'GET',
      path,
      headers: {
        authorization: `Bearer ${token}`,
        [internalHeader]: signedHttp(server.url, 'GET', path),
      },
    })
    const answer: unknown = await body.json()
    if (statusCode !== 200) throw new Error(JSON.stringify(answer))
  }

  const rpc = loadContracts({ defaults: true }).services.get('agora.user.v1.UserService')!
  const { path: name, requestSerialize, responseDeserialize } = rpc['GetUserById']!
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure())
  const overGrpc = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const metadata = new Metadata()
      metadata.set('authorization', `Bearer ${token}`)
      metadata.set(internalHeader, signedGrpc(grpcAudience, 'POST', name))
      const read = [name, requestSerialize, responseDeserialize, { id }, metadata] as const
      client.makeUnaryRequest(...read, (error: Error | null) => (error ? reject(error) : resolve()))
    })

  const hop = async (call: () => Promise<void>): Promise<Hop> => {
    const ended = await meter(bench, server)
    const { cpu } = usageOfThis()
    const { rate, latencies: each } = await callers(connections, bench.seconds(4), call)
    return { rate, each, cost: await ended(each.length, usageOfThis().cpu - cpu) }
  }

  try {
    await hop(overHttp)
    await hop(overGrpc)
    const { rounds, note } = await quietRounds(bench.rounds(4), async () => {
      const reference = await hop(overHttp)
      return { reference, measured: await hop(overGrpc) }
    })
    await server.profiled('grpc', () => hop(overGrpc))
    const ratio = median(rounds.map(({ measured, reference }) => measured.rate / reference.rate))
    const cost = medianCost(rounds.map(({ measured }) => measured.cost))
    const beside = medianCost(rounds.map(({ reference }) => reference.cost))
    return [
      {
        what: `one profile over gRPC, ${connections} calls at once`,
        figure: median(rounds.map(({ measured }) => measured.rate)),
        unit: '/s',
        reference: {
          what: 'the same over HTTP',
          figure: median(rounds.map(({ reference }) => reference.rate)),
        },
        ratio,
        cost,
        goal: atLeast(goal, '', ratio),
        notes: [
          `gRPC ${latencies(rounds.flatMap(({ measured }) => measured.each))}; HTTP ${latencies(rounds.flatMap(({ reference }) => reference.each))}`,
          `CPU of a call: gRPC server ${cost.server.toFixed(0)}, client ${cost.load.toFixed(0)} µs; HTTP server ${beside.server.toFixed(0)}, client ${beside.load.toFixed(0)} µs`,
          note,
        ],
      },
    ]
  } finally {
    client.close()
    await pool.close()
  }
}
