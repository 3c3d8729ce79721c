import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { startEmbeddedPostgres } from '../../../src/platform/engines/embedded/embedded-postgres.ts'
import { temporaryData, usual, type Env } from '../../support/agora.ts'
import { ask } from '../../support/embedded.ts'
import { shopAt, type Shop } from '../../support/shop.ts'
import { until } from '../../support/until.ts'
import type { CountedOptions, LoopCounts } from './counted-process.ts'
import {
  countsOf,
  loggedStatements,
  statementLog,
  summaryOf,
  type StatementCounts,
} from './statement-log.ts'

/** Cost of some work. */
export type Cost = StatementCounts &
  LoopCounts & {
    /** The statements by kind and number, one on a line. */
    readonly summary: string
  }

/** An Agora whose statements, timers and promises are counted. */
export type CountedAgora = AsyncDisposable & {
  readonly shop: Shop
  /**
   * Measures the cost of some work with all its effects.
   * @param work the measured work; the cost of its requests in this process is not counted
   */
  readonly cost: (work: () => Promise<unknown>) => Promise<Cost>
  /** Executes a statement in its database, which is counted. */
  readonly ask: (sql: string) => Promise<readonly Record<string, unknown>[]>
  /** Returns the counts so far, within some work. */
  readonly soFar: () => StatementCounts
  /** Stops it, and returns the cost of starting it again on its data. Nothing is served afterwards. */
  readonly costOfRestart: () => Promise<StatementCounts & Pick<Cost, 'summary'>>
}

/** Time without a write, in ms, after which all effects of some work have ended: delayed writes are 250 ms apart. */
const quietFor = 400

/** Options of a counted Agora. */
type Started = Partial<Pick<CountedOptions, 'bystanders' | 'companions'>> & {
  /** The roles of each of its processes; the first one is served, and its event loop is counted. Default: one with all roles. */
  readonly split?: readonly string[]
  readonly env?: Env
}

type CountedProcess = {
  readonly url: string
  readonly answer: <T>(question: 'clear' | 'read') => Promise<T>
  readonly stop: () => Promise<void>
}

const startProcess = async (options: CountedOptions): Promise<CountedProcess> => {
  const child = fork(join(import.meta.dirname, 'counted-process.ts'), [JSON.stringify(options)], {
    execArgv: [],
    env: { PATH: process.env.PATH },
  })
  const exited = once(child, 'exit')
  const [{ url }] = (await Promise.race([
    once(child, 'message'),
    exited.then(() => Promise.reject(new Error('The counted Agora ended before it was ready'))),
  ])) as [{ url: string }]
  return {
    url,
    answer: async <T>(question: 'clear' | 'read') => {
      const answered = once(child, 'message')
      child.send(question)
      return (await answered)[0] as T
    },
    stop: async () => {
      if (child.connected) child.send('stop')
      await exited
    },
  }
}

/**
 * Starts a PostgreSQL whose statements are counted; several counted Agoras may use it, one after the other.
 * @returns a function that starts an Agora on a new database
 */
export const countedPostgres = async () => {
  await using starting = new AsyncDisposableStack()
  const folder = starting.use(await temporaryData()).path
  let log: ReturnType<typeof statementLog> | undefined
  const postgres = starting.use(
    await startEmbeddedPostgres({
      folder,
      settings: loggedStatements,
      log: (line) => log?.take(line),
    }),
  )
  const everything = starting.move()
  let databases = 0

  const start = async (options: Started = {}): Promise<CountedAgora> => {
    await using parts = new AsyncDisposableStack()
    databases += 1
    const name = `counted_${databases}`
    await ask(postgres.url, `CREATE DATABASE ${name}`)
    const url = new URL(postgres.url)
    url.pathname = `/${name}`
    const statements = statementLog(name)
    log = statements
    const data = parts.use(await temporaryData()).path
    const { bystanders = 0, companions = 0, split = [undefined], env = {} } = options
    const startWith = (roles: string | undefined) =>
      startProcess({
        postgresUrl: url.href,
        env: {
          ...usual,
          AGORA_DATA: data,
          AGORA_SECRET: 'a secret that the processes of a split share',
          ...(roles !== undefined && { AGORA_ROLES: roles }),
          ...env,
        },
        bystanders,
        companions,
      })
    const processes = await Promise.all(split.map(startWith))
    for (const one of processes) parts.defer(one.stop)
    const [{ url: served, answer }] = processes as [CountedProcess, ...CountedProcess[]]

    /** Waits until no transaction has changed anything for `quietFor` ms. */
    const quiet = async (): Promise<void> => {
      let commits = -1
      let since = performance.now()
      await until(
        () => countsOf(statements.statements()).commits,
        (now) => {
          if (now !== commits) [commits, since] = [now, performance.now()]
          return performance.now() - since > quietFor
        },
      )
    }

    const everythingOfIt = parts.move()
    return {
      shop: shopAt(served),
      ask: (sql) => ask(url.href, sql),
      soFar: () => countsOf(statements.statements()),
      cost: async (work) => {
        await quiet()
        await answer('clear')
        statements.clear()
        await work()
        await quiet()
        const loop = await answer<LoopCounts>('read')
        const executed = statements.statements()
        return { ...loop, ...countsOf(executed), summary: summaryOf(executed) }
      },
      costOfRestart: async () => {
        await Promise.all(processes.map(({ stop }) => stop()))
        statements.clear()
        await using again = new AsyncDisposableStack()
        for (const roles of split) again.defer((await startWith(roles)).stop)
        await quiet()
        const executed = statements.statements()
        return { ...countsOf(executed), summary: summaryOf(executed) }
      },
      [Symbol.asyncDispose]: () => everythingOfIt.disposeAsync(),
    }
  }
  return { start, [Symbol.asyncDispose]: () => everything.disposeAsync() }
}
