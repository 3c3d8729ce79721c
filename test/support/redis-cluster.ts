import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { freePort } from '../services/service.ts'

/** A cluster of three Redis that keep nothing. */
export type TestRedisCluster = AsyncDisposable & {
  /** The URLs of its nodes, separated by commas. */
  readonly url: string
  readonly nodes: readonly string[]
}

type Node = { readonly port: number; readonly bus: number; readonly child: ChildProcess }

/** Number of slots (https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/). */
const slots = 16_384

const startNode = async (folder: string): Promise<Node> => {
  const [port, bus] = [await freePort(), await freePort()]
  const options = {
    port,
    'cluster-port': bus,
    bind: '127.0.0.1',
    dir: folder,
    save: '',
    appendonly: 'no',
    'cluster-enabled': 'yes',
    'cluster-config-file': `nodes-${port}.conf`,
    'cluster-node-timeout': '2000',
  }
  const child = spawn(
    'redis-server',
    Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]),
    { stdio: 'ignore' },
  )
  return { port, bus, child }
}

const until = async (isTrue: () => Promise<boolean>): Promise<void> => {
  while (!(await isTrue().catch(() => false))) await pause(20)
}

/** Starts a cluster of three masters without replicas, as `redis-cli --cluster create` would. */
export const freshRedisCluster = async (): Promise<TestRedisCluster> => {
  const folder = await mkdtemp(join(tmpdir(), 'agora-redis-cluster-'))
  const nodes = [await startNode(folder), await startNode(folder), await startNode(folder)]
  const endWithUs = () => nodes.forEach(({ child }) => child.kill('SIGKILL'))
  process.once('exit', endWithUs)
  const clients = nodes.map(({ port }) => {
    const client = new Redis(port, '127.0.0.1', { maxRetriesPerRequest: null })
    return client.on('error', () => undefined)
  })
  await Promise.all(clients.map((client) => until(async () => (await client.ping()) === 'PONG')))
  const share = Math.ceil(slots / nodes.length)
  await Promise.all(
    clients.map(async (client, nth) => {
      const last = Math.min((nth + 1) * share, slots) - 1
      await client.call('CLUSTER', 'SET-CONFIG-EPOCH', nth + 1)
      await client.call('CLUSTER', 'ADDSLOTSRANGE', nth * share, last)
    }),
  )
  for (const { port, bus } of nodes.slice(1))
    await clients[0]!.call('CLUSTER', 'MEET', '127.0.0.1', port, bus)
  const isWhole = (info: unknown) =>
    /cluster_state:ok/.test(String(info)) && /cluster_known_nodes:3/.test(String(info))
  await Promise.all(
    clients.map((client) => until(async () => isWhole(await client.call('CLUSTER', 'INFO')))),
  )
  for (const client of clients) client.disconnect()
  const urls = nodes.map(({ port }) => `redis://127.0.0.1:${port}`)
  return {
    url: urls.join(),
    nodes: urls,
    [Symbol.asyncDispose]: async () => {
      process.off('exit', endWithUs)
      await Promise.all(
        nodes.map(async ({ child }) => {
          const ended = once(child, 'exit')
          child.kill('SIGKILL')
          await ended
        }),
      )
      await rm(folder, { recursive: true, force: true })
    },
  }
}
