import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { certificateIn } from './certificate.ts'
import type { Memory } from './memory.ts'
import type { Served } from './target.ts'

const main = join(import.meta.dirname, '../../../src/main.ts')
const preload = join(import.meta.dirname, 'memory-on-request.ts')

/** Level of log lines that are errors. */
const errorLevel = 50

/** Secret of the deployment. */
const secret = 'a secret of the fuzz, with at least 32 characters'

/** The admin of the server. */
const admin = { email: 'root@fuzz.example', password: 'a root password of the fuzz' }

/**
 * Starts Agora in a process of its own, on its own PostgreSQL in a temporary folder, without rate limits.
 * @throws Error when it ends before it is ready
 */
export const startServed = async (): Promise<Served & AsyncDisposable> => {
  const data = await mkdtemp(join(tmpdir(), 'agora-fuzz-'))
  const pem = await mkdtemp(join(tmpdir(), 'agora-fuzz-tls-'))
  const certificate = await certificateIn(pem)
  const child = fork(main, [], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    execArgv: ['--expose-gc', '--import', preload],
    env: {
      PATH: process.env.PATH,
      AGORA_ENV_FILE: 'off',
      AGORA_DATA: data,
      PORT: '0',
      AGORA_GRPC_PORT: '0',
      AGORA_ESDB_PORT: '0',
      AGORA_ESDB_WRITABLE: 'true',
      ...certificate.env,
      RATE_LIMIT: 'off',
      AGORA_SECRET: secret,
      ADMIN_EMAIL: admin.email,
      ADMIN_PASSWORD: admin.password,
    },
  })
  const exited = once(child, 'exit')
  const errors: string[] = []
  let grpcPort = 0
  let eventStorePort = 0
  const ready = Promise.withResolvers<string>()
  void exited.then(([code]) => ready.reject(new Error(`Agora ended (${code})`)))
  createInterface({ input: child.stdout! }).on('line', (line) => {
    const { level = 0, msg, url, port } = parsed(line)
    if (msg === 'gRPC is served') grpcPort = Number(port)
    if (msg === 'The log is served to clients of EventStoreDB')
      eventStorePort = Number(new URL(String(url)).port)
    if (msg === 'Agora is ready' && typeof url === 'string') ready.resolve(url)
    if (typeof level === 'number' && level >= errorLevel) errors.push(line)
  })
  const url = await ready.promise
  return {
    url,
    grpcPort,
    eventStorePort,
    tls: certificate.tls,
    secret,
    admin,
    errors: () => errors,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    memory: async () => {
      child.send('memory')
      const [memory] = (await once(child, 'message')) as [Memory]
      return memory
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM')
      const kill = setTimeout(() => child.kill('SIGKILL'), 15_000)
      await exited
      clearTimeout(kill)
      await rm(pem, { recursive: true, force: true })
      await rm(data, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
    },
  }
}

const parsed = (line: string): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
