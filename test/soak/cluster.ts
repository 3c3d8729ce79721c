import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startEmbeddedPostgres } from '../../src/platform/engines/embedded/embedded-postgres.ts'
import { severable, type Severable } from '../../src/platform/messaging/queue/testing/severable.ts'
import { childEnv } from '../support/child-env.ts'
import { bundledProgram } from '../support/compile-once.ts'
import { root as admin } from '../support/shop.ts'
import { until } from '../support/until.ts'

/** A process of Agora, and those that took its place. */
export type Member = {
  readonly name: string
  /** Whether clients send their requests to it. */
  readonly isDoor: boolean
  /** Undefined while it is not ready. */
  readonly url: () => string | undefined
  /** Of the present process; undefined while there is none. */
  readonly pid: () => number | undefined
  /** Files with its output, one for each start. */
  readonly logs: readonly string[]
  readonly kill: () => Promise<void>
  /** SIGTERM. @returns the exit code */
  readonly stop: () => Promise<number | null>
  /** Starts it, and waits until it is ready. */
  readonly start: () => Promise<void>
  /** Exit codes of processes that ended by themselves. */
  readonly ended: readonly (number | null)[]
}

/** Processes of Agora on one PostgreSQL, which can be out of their reach. */
export type Cluster = AsyncDisposable & {
  readonly members: readonly Member[]
  /** For the soak itself: not by the way that is severed. */
  readonly postgresUrl: string
  readonly way: Severable
  /** `kill -9` of PostgreSQL, which is started again at once; undefined if it is not ours. */
  readonly killPostgres: (() => void) | undefined
}

/** Time for a start on a busy machine, in ms. */
const patience = 300_000

/** Settings that are passed on: other stores, and a lease that suits the machine. */
const passedOn = [
  'AGORA_LEASE',
  'ELASTICSEARCH_URL',
  'EVENTSTORE_URL',
  'MONGO_URL',
  'REDIS_URL',
] as const

const ready = /"url":"([^"]+)".*Agora is ready/

const memberOf = (
  name: string,
  folder: string,
  {
    program,
    isDoor,
    env,
  }: {
    readonly program: string
    readonly isDoor: boolean
    readonly env: Readonly<Record<string, string>>
  },
): Member => {
  const logs: string[] = []
  const ended: (number | null)[] = []
  let child: ChildProcess | undefined
  let url: string | undefined
  /** Whether its end is wanted. */
  let isMeant = false

  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    const ending = child
    url = undefined
    if (!ending) return null
    isMeant = true
    const closed = once(ending, 'close')
    ending.kill(signal)
    await closed
    return ending.exitCode
  }
  const start = async () => {
    const log = join(folder, `${name}-${logs.length + 1}.log`)
    logs.push(log)
    const file = await open(log, 'a', 0o600)
    isMeant = false
    const started = spawn(process.execPath, [program], {
      stdio: ['ignore', file.fd, file.fd],
      env: { ...childEnv, ...env },
    })
    child = started
    started.once('close', (code) => {
      url = undefined
      if (child === started) child = undefined
      if (!isMeant) ended.push(code)
    })
    await file.close()
    url = await until(
      async () => {
        const found = ready.exec(await readFile(log, 'utf8'))?.[1]
        if (found === undefined && child !== started) throw new Error(`${name} ended: ${log}`)
        const answer = found && (await fetch(`${found}/health/ready`))
        return answer && answer.status === 200 ? found : undefined
      },
      (found) => found !== undefined || (child !== started && !isMeant),
      { patience, every: 200 },
    )
  }
  return {
    name,
    isDoor,
    url: () => url,
    pid: () => child?.pid,
    logs,
    ended,
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
    start,
  }
}

/**
 * Starts Agora.
 * @param folder for its data and logs
 * @param options.processes number of processes with all roles
 * @param options.isSplit starts a gateway, two api processes and two of all other roles instead
 */
export const startCluster = async (
  folder: string,
  { processes, isSplit }: { readonly processes: number; readonly isSplit: boolean },
): Promise<Cluster> => {
  await using parts = new AsyncDisposableStack()
  const given = process.env['POSTGRES_URL']
  const postgres = given
    ? undefined
    : parts.use(
        await startEmbeddedPostgres({
          folder: join(folder, 'postgres'),
          settings: { max_connections: '200' },
        }),
      )
  const postgresUrl = given ?? postgres?.url ?? ''
  const way = parts.use(await severable(postgresUrl))
  const env = {
    PORT: '0',
    RATE_LIMIT: 'off',
    POSTGRES_URL: way.url,
    POSTGRES_CONNECTIONS: '10',
    AGORA_DATA: join(folder, 'data'),
    AGORA_ESDB_PORT: 'off',
    AUDIT_EVERY: 'off',
    // Longer than stopping takes on a busy machine: only one that hangs is ended.
    AGORA_STOP_TIMEOUT: '3m',
    FEED_FAN_OUT: '6',
    ADMIN_EMAIL: admin.email,
    ADMIN_PASSWORD: admin.password,
    ...Object.fromEntries(
      passedOn.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
    ),
  }
  const kinds = isSplit
    ? [
        { name: 'gateway', isDoor: true, roles: 'gateway' },
        ...['api-1', 'api-2'].map((name) => ({ name, isDoor: false, roles: 'api' })),
        ...['work-1', 'work-2'].map((name) => {
          return { name, isDoor: false, roles: 'projections,sagas,jobs' }
        }),
      ]
    : Array.from({ length: processes }, (_, index) => {
        return { name: `agora-${index + 1}`, isDoor: true, roles: '' }
      })
  const program = await bundledProgram()
  const members = kinds.map(({ name, isDoor, roles }) => {
    const own = { ...env, ...(roles && { AGORA_ROLES: roles }) }
    return memberOf(name, folder, { program, isDoor, env: own })
  })
  parts.defer(async () => void (await Promise.all(members.map(({ kill }) => kill()))))
  // The first creates the tables.
  const [first, ...others] = isSplit ? members.toReversed() : members
  await first?.start()
  await Promise.all(others.map(({ start }) => start()))
  const all = parts.move()
  return {
    members,
    postgresUrl,
    way,
    killPostgres: postgres && (() => void process.kill(postgres.pid, 'SIGKILL')),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}
