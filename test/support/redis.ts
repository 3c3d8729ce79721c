import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { freePort, type Service } from '../services/service.ts'

/** Whether tests can start a Redis of their own; where they cannot, they are reported as skipped. */
export const hasRedis = spawnSync('redis-server', ['--version']).status === 0

/** To be added to the name of what is skipped without it. */
export const needsRedis = hasRedis ? '' : ' (skipped: there is no redis-server on the PATH)'

/** A Redis that a test may stop and kill: all that it has is lost then. */
export type TestRedis = Service

const answers = async (url: string): Promise<boolean> => {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: null, connectTimeout: 500 })
  redis.on('error', () => undefined)
  try {
    await redis.connect()
    return (await redis.ping()) === 'PONG'
  } catch {
    return false
  } finally {
    redis.disconnect()
  }
}

/** Starts Redis on a port. @returns nothing when it ended at once: somebody else has the port */
const started = async (port: number): Promise<ChildProcess | undefined> => {
  const options = { port, bind: '127.0.0.1', save: '', appendonly: 'no', dir: '/tmp' }
  const child = spawn(
    'redis-server',
    Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]),
    { stdio: 'ignore' },
  )
  while (child.exitCode === null) {
    if (await answers(`redis://127.0.0.1:${port}`)) return child
    await pause(10)
  }
  return undefined
}

/** Starts a Redis that keeps nothing, on a free port. */
export const freshRedis = async (): Promise<TestRedis> => {
  let child: ChildProcess | undefined
  let port = 0
  for (let attempt = 0; !child && attempt < 5; attempt++) {
    port = await freePort()
    child = await started(port)
  }
  const kill = async () => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
  const endWithUs = () => void child?.kill('SIGKILL')
  process.once('exit', endWithUs)
  return {
    url: `redis://127.0.0.1:${port}`,
    hang: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    kill,
    start: async () => {
      child = await started(port)
      if (!child) throw new Error('Somebody has taken the port of the Redis that was killed')
    },
    [Symbol.asyncDispose]: async () => {
      process.off('exit', endWithUs)
      await kill()
    },
  }
}

/** Everything that is in a Redis, by its keys. */
export const contentOfRedis = async (url: string): Promise<ReadonlyMap<string, string>> => {
  const redis = new Redis(url)
  const contentOf = async (key: string): Promise<unknown> => {
    switch (await redis.type(key)) {
      case 'hash':
        return redis.hgetall(key)
      case 'stream':
        return redis.xrange(key, '-', '+')
      case 'zset':
        return redis.zrange(key, '0', '-1')
      case 'set':
        return redis.smembers(key)
      case 'list':
        return redis.lrange(key, 0, -1)
      default:
        return redis.get(key)
    }
  }
  try {
    const keys = await redis.keys('*')
    const contents = keys.map(async (key): Promise<[string, string]> => {
      return [key, `${key} ${JSON.stringify(await contentOf(key))}`]
    })
    return new Map(await Promise.all(contents))
  } finally {
    redis.disconnect()
  }
}
