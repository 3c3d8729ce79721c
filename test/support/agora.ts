import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pino } from 'pino'
import { inject } from 'vitest'
import { startApp, type AppOptions } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { findEmbeddedPostgres } from '../../src/platform/engines/embedded/embedded-postgres.ts'
import { processesIn, stopLeftovers } from '../../src/platform/engines/embedded/leftovers.ts'
import { paymentSimulator } from '../../src/platform/external/payments/simulator.ts'
import { openDatabase } from '../../src/platform/engines/postgres/database.ts'
import { freshDatabase } from './postgres.ts'
import { childEnv } from './child-env.ts'
import { copyCluster } from './cluster-template.ts'
import { roomyPlace } from './roomy-place.ts'
import { startedTemplate } from './started-template.ts'
import { root, shopAt, type Shop } from './shop.ts'
import { until } from './until.ts'

/** Environment of every Agora that tests start, unless they override it. */
export const usual = {
  PORT: '0',
  RATE_LIMIT: 'off',
  // Each connection costs PostgreSQL some 10 ms, for its start and its first statements; no test needs many.
  POSTGRES_CONNECTIONS: '8',
  AGORA_ESDB_PORT: 'off',
  ADMIN_EMAIL: root.email,
  ADMIN_PASSWORD: root.password,
}

/**
 * For journeys that kill processes and wait until others take over: leases of a killed process expire after 3 s instead
 * of 10. The default is tested in two-processes.test.ts.
 */
export const shortLease = { AGORA_LEASE: '3s' } as const

/**
 * For Agoras in the process of a test, which nothing kills: on a busy machine, PostgreSQL may answer no heartbeat for longer
 * than the default.
 */
const longLease = { AGORA_LEASE: '1m' } as const

/** Environment variables. */
export type Env = Readonly<Record<string, string>>

/** A temporary folder, removed with its content when disposed of. */
export const temporaryData = async (): Promise<AsyncDisposable & { readonly path: string }> => {
  const path = await mkdtemp(join(await roomyPlace(), 'agora-journey-'))
  return {
    path,
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 5 }),
  }
}

/** An Agora in this process. */
export type AgoraHere = AsyncDisposable & {
  readonly shop: Shop
  /** URL that it listens on. */
  readonly url: string
  /** Port of gRPC, where it is set. */
  readonly grpcPort: number | undefined
  /** Port of the EventStoreDB endpoint, where it is set. */
  readonly eventStorePort: number | undefined
  readonly data: string
  readonly postgresUrl: string
  /** Log lines of level `warn` and above. */
  readonly written: readonly string[]
}

/** Settings with which the read models are made elsewhere, or by others, or follow another log. */
const elsewhere = ['AGORA_ROLES', 'EVENTSTORE_URL', 'MONGO_URL', 'ELASTICSEARCH_URL']

/**
 * Starts Agora in this process, on a new database of the run's PostgreSQL.
 * @param env on top of the usual
 * @param further contexts, read models and sagas besides the declared ones
 */
export const agoraHere = async (
  env: Env = {},
  further: Pick<AppOptions, 'modules' | 'projections' | 'sagas'> = {},
): Promise<AgoraHere> => {
  await using starting = new AsyncDisposableStack()
  const template = elsewhere.some((name) => env[name] !== undefined)
    ? inject('postgresTemplate')
    : await startedTemplate()
  const database = starting.use(await freshDatabase({ template }))
  const data = starting.use(await temporaryData()).path
  const written: string[] = []
  const logger = pino({ level: 'warn' }, { write: (line: string) => void written.push(line) })
  const config = readConfig({ ...usual, ...longLease, AGORA_DATA: data, ...env })
  const app = starting.use(
    await startApp(config, { postgresUrl: database.url, logger, ...further }),
  )
  const everything = starting.move()
  return {
    shop: shopAt(app.url),
    url: app.url,
    grpcPort: app.grpcPort,
    eventStorePort: app.eventStorePort,
    data,
    postgresUrl: database.url,
    written,
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  }
}

/** An Agora in a process of its own. */
export type AgoraProcess = AsyncDisposable & {
  readonly child: ChildProcess
  readonly shop: Shop
  readonly url: string
  /** From the start of the process until it was ready, in ms. */
  readonly readyAfter: number
  /** Its output so far. */
  readonly output: () => string
  readonly exitCode: () => number | null
  /** SIGTERM. @returns the exit code */
  readonly stop: () => Promise<{ readonly code: number | null }>
  /** `kill -9` of the process and, if it runs one, of its whole PostgreSQL. */
  readonly kill: () => Promise<void>
  /** `kill -9` of its PostgreSQL alone. @returns false when none runs just now */
  readonly killPostgres: () => Promise<boolean>
}

const main = join(import.meta.dirname, '../../src/main.ts')

/** Kills a process that may have ended. */
const killed = (pid: number): boolean => {
  try {
    return process.kill(pid, 'SIGKILL')
  } catch {
    return false
  }
}

/** The bundle, unless a test changes which modules are loaded, which the launcher takes for a look at the sources. */
const programFor = (env: Env): string =>
  env.NODE_OPTIONS ? main : (inject('agoraProgram') ?? main)

/**
 * Runs Agora. @returns its output, and how it ended, once it ends by itself
 * @param program default: what `npm start` imports
 */
export const runMain = (data: string, env: Env = {}, program = programFor(env)) => {
  const started = performance.now()
  const child = spawn(process.execPath, [program], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...childEnv, ...usual, AGORA_DATA: data, ...env },
  })
  const lines: string[] = []
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => lines.push(line))
  const closed = once(child, 'close')
  return { child, started, lines, closed, output: () => lines.join('\n') }
}

/**
 * Starts Agora as `npm start` does, and waits until it is ready.
 * @param data its folder; killed and removed by the caller
 * @param env on top of the usual; a variable that is empty is not set
 * @param program default: what `npm start` imports
 */
export const startAgora = async (
  data: string,
  env: Env = {},
  program = programFor(env),
): Promise<AgoraProcess> => {
  if (!env['POSTGRES_URL']) await copyCluster(data)
  const { child, started, lines, closed, output } = runMain(data, env, program)
  const cluster = join(data, 'postgres', 'data')
  const kill = async () => {
    const pids = await processesIn(cluster)
    // Both at once, so that neither reacts to the other's end.
    if (child.exitCode === null) child.kill('SIGKILL')
    pids.forEach(killed)
    await closed
  }
  const dispose = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
    await closed
    await stopLeftovers(cluster, { timeoutMs: 2_000 })
  }

  const ready = /"url":"([^"]+)".*Agora is ready/
  try {
    const outcome = await until(
      () => lines.find((line) => ready.test(line)) ?? (child.exitCode === null ? '' : 'ended'),
      Boolean,
      { patience: 300_000 },
    )
    if (outcome === 'ended') throw new Error(`It ended: ${output()}`)
    const url = ready.exec(outcome)?.[1] ?? ''
    await until(
      async () => {
        const answer = await fetch(`${url}/health/ready`)
        return { status: answer.status, text: await answer.text() }
      },
      ({ status }) => status === 200,
    )
    return {
      child,
      url,
      shop: shopAt(url),
      readyAfter: Math.round(performance.now() - started),
      output,
      exitCode: () => child.exitCode,
      kill,
      stop: async () => {
        child.kill('SIGTERM')
        await closed
        return { code: child.exitCode }
      },
      killPostgres: async () => {
        const pids = await processesIn(cluster)
        return pids.map(killed).some(Boolean)
      },
      [Symbol.asyncDispose]: dispose,
    }
  } catch (error) {
    await dispose()
    throw error
  }
}

/** Charges and refunds of the payment simulator, by the id of the payment. @param data an Agora's folder, or a URL */
export const ledgerOf = async (data: string) => {
  const url = data.includes('://') ? data : ((await findEmbeddedPostgres(data)) ?? '')
  const database = openDatabase(url, { connections: 1 })
  try {
    const simulator = paymentSimulator(database)
    const [charges, refunds] = [await simulator.charges(), await simulator.refunds()]
    const paymentOf = ({ key }: { readonly key: string }) => key.split(':')[0] ?? ''
    const sum = (entries: readonly { readonly amount: number }[]) =>
      entries.reduce((total, { amount }) => total + amount, 0)
    return {
      charges: Map.groupBy(charges, paymentOf),
      refunds: Map.groupBy(refunds, paymentOf),
      balance: sum(charges) - sum(refunds),
    }
  } finally {
    await database.close()
  }
}
