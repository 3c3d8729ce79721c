import { execFile } from 'node:child_process'
import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Bench } from './support/bench.ts'
import { cannon } from './support/cannon.ts'
import { atMost, type Measure } from './support/measure.ts'
import { agora, startServer } from './support/process.ts'
import { openShop, prefix } from './support/shop.ts'
import { quietRounds } from './support/rounds.ts'
import { median } from './support/statistics.ts'

/** Goals, in s. */
const goals = { nothing: 2.5, again: 1 }

const bareServer = join(import.meta.dirname, 'support/bare-server.ts')

const megabytes = (bytes: number): number => bytes / 1024 ** 2

/** The same script as `npm start`. */
const launcher = join(import.meta.dirname, '../scripts/run.mjs')

/**
 * Starts Agora with an embedded PostgreSQL, and stops it.
 * @param env further environment
 * @returns time until it was ready, in s
 */
const start = async (
  bench: Bench,
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<number> => {
  const since = performance.now()
  await using server = await startServer(
    bench,
    launcher,
    { PORT: '0', AGORA_DATA: folder, ...env },
    [agora],
  )
  for (;;) {
    const { status } = await fetch(`${server.url}/health/ready`)
    if (status === 200) return (performance.now() - since) / 1_000
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** Starts the hand-written server. @returns time until it listened, in s */
const startBare = async (bench: Bench): Promise<number> => {
  await using server = await startServer(bench, bareServer, {})
  return server.startedIn / 1_000
}

/** Builds the bundle that a start makes for the next one; the next start here would come too early. */
const makeBundle = () =>
  promisify(execFile)(process.execPath, [
    join(import.meta.dirname, '../scripts/make-bundle.mjs'),
    agora,
    join(import.meta.dirname, '../node_modules/.cache/agora-bundle'),
  ])

const measureStarts = async (bench: Bench): Promise<readonly Measure[]> => {
  const newFolder = () => mkdtemp(join(bench.folder, 'start-'))
  await makeBundle()
  // Fills the compile cache of the bundle.
  await start(bench, await newFolder())
  const { rounds, note } = await quietRounds(bench.rounds(3), async () => {
    const folder = await newFolder()
    return {
      first: await start(bench, await newFolder(), {
        NODE_DISABLE_COMPILE_CACHE: '1',
        AGORA_BUNDLE: 'off',
      }),
      nothing: await start(bench, folder),
      again: await start(bench, folder),
      bare: await startBare(bench),
    }
  })
  const bare = median(rounds.map((round) => round.bare))
  const measureOf = (what: string, of: 'first' | 'nothing' | 'again'): Measure => {
    const times = rounds.map((round) => round[of])
    return {
      what,
      figure: median(times),
      unit: 's',
      reference: { what: 'bare Fastify', figure: bare },
      ratio: median(times) / bare,
      ...(of !== 'first' && { goal: atMost(goals[of], 's', median(times)) }),
      notes: [`rounds: ${times.map((time) => time.toFixed(2)).join(', ')} s`, note],
    }
  }
  return [
    measureOf(
      'ready from nothing, first start after an install: no bundle and no compiled code yet',
      'first',
    ),
    measureOf('ready from nothing, embedded PostgreSQL', 'nothing'),
    measureOf('ready again', 'again'),
  ]
}

const measureMemory = async (bench: Bench): Promise<readonly Measure[]> => {
  await using shop = await openShop(bench, { products: bench.many(1_000) })
  await using bare = await startServer(bench, join(import.meta.dirname, 'support/bare-server.ts'), {
    AGORA_URL: shop.server.url,
  })
  using gun = cannon()
  const idle = await shop.server.usage()
  const bareIdle = await bare.usage()
  const aims = (token: string, method: string, path: (id: string) => string, body: object) =>
    shop.products.map((id) => ({
      method,
      path: path(id),
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(body).replaceAll('$id', id),
    }))
  const adjusting = aims(shop.admin, 'PUT', (id) => `${prefix}/inventory/${id}`, {
    delta: 1,
    reason: 'bench',
  })
  const ordering = aims(shop.buyer, 'POST', () => `${prefix}/orders`, {
    items: [{ kind: 'product', refId: '$id', quantity: 1 }],
    paymentMethod: { token: 'tok_ok' },
  })
  const connections = 32
  await gun.fire({ url: bare.url, connections, seconds: bench.seconds(3), requests: adjusting })
  await gun.fire({
    url: shop.server.url,
    connections,
    seconds: bench.seconds(4),
    requests: adjusting,
  })
  await gun.fire({
    url: shop.server.url,
    connections,
    seconds: bench.seconds(4),
    requests: ordering,
  })
  const loaded = await shop.server.usage()
  const bareLoaded = await bare.usage()
  return [
    {
      what: 'memory of the server (RSS), idle',
      figure: megabytes(idle.rss),
      unit: 'MB',
      reference: { what: 'bare Fastify', figure: megabytes(bareIdle.rss) },
      ratio: idle.rss / bareIdle.rss,
      notes: [`heap in use ${megabytes(idle.heap).toFixed(0)} MB`],
    },
    {
      what: 'memory of the server (RSS), after the load',
      figure: megabytes(loaded.rss),
      unit: 'MB',
      reference: { what: 'bare Fastify', figure: megabytes(bareLoaded.rss) },
      ratio: loaded.rss / bareLoaded.rss,
      notes: [`heap in use ${megabytes(loaded.heap).toFixed(0)} MB`],
    },
  ]
}

/** Memory of the server, and times of its starts. */
export default async (bench: Bench): Promise<readonly Measure[]> => [
  ...(await measureStarts(bench)),
  ...(await measureMemory(bench)),
]
