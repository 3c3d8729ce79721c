import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { postgresEventLog } from '../../src/platform/storage/event-log/postgres.ts'
import { serveEventStore } from '../../src/edges/eventstore-protocol/endpoint.ts'
import { openDatabase } from '../../src/platform/engines/postgres/database.ts'
import { childEnv } from './child-env.ts'
import { until } from './until.ts'

/** A log in a process of its own, served over the protocol of EventStoreDB. */
export type LogServer = AsyncDisposable & {
  /** For EVENTSTORE_URL. */
  readonly url: string
  readonly port: number
  /** `kill -9`. */
  readonly kill: () => Promise<void>
}

/** Serves the log of a PostgreSQL from this process: where the process does not matter, that costs a second less. */
export const serveLogHere = async (
  postgresUrl: string,
): Promise<AsyncDisposable & Pick<LogServer, 'url'>> => {
  await using starting = new AsyncDisposableStack()
  const database = starting.adopt(openDatabase(postgresUrl, { connections: 8 }), (it) => it.close())
  const log = starting.adopt(await postgresEventLog(database), (it) => it.close())
  const { url } = starting.adopt(
    await serveEventStore({
      log,
      host: '127.0.0.1',
      port: 0,
      writable: true,
      masked: (event) => event,
    }),
    (it) => it.close(),
  )
  const everything = starting.move()
  return { url, [Symbol.asyncDispose]: () => everything.disposeAsync() }
}

/**
 * Runs `agora serve-log --writable` on a PostgreSQL.
 * @param postgresUrl where the log is
 * @param port where to serve it; a free one by default
 */
export const startLogServer = async (postgresUrl: string, port = 0): Promise<LogServer> => {
  const child = spawn(
    process.execPath,
    [
      join(import.meta.dirname, '../../src/cli.ts'),
      'serve-log',
      '--writable',
      '--port',
      String(port),
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...childEnv, POSTGRES_URL: postgresUrl },
    },
  )
  const lines: string[] = []
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => lines.push(line))
  const closed = once(child, 'close')
  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    await closed
  }
  try {
    const url = await until(
      () => {
        if (child.exitCode !== null) throw new Error(`It ended: ${lines.join('\n')}`)
        return lines.flatMap((line) => /esdb:\/\/\S+/.exec(line)?.[0] ?? []).at(0) ?? ''
      },
      Boolean,
      { patience: 300_000 },
    )
    return {
      url,
      port: Number(new URL(url).port),
      kill: () => end('SIGKILL'),
      [Symbol.asyncDispose]: () => end('SIGTERM'),
    }
  } catch (error) {
    await end('SIGKILL')
    throw error
  }
}
