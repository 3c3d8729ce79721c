import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import pg from 'pg'
import { inject } from 'vitest'
import { openDatabase } from '../../src/platform/engines/postgres/database.ts'
import { childEnv } from './child-env.ts'
import { freshDatabase, type TestDatabase } from './postgres.ts'
import { roomyPlace } from './roomy-place.ts'

const main = join(import.meta.dirname, '../../src/main.ts')

/** What a start records of its installation, and what no other may take over. */
const ofInstallation = ['signing_keys', 'log_identity', 'blob_store', 'told']

/**
 * Starts Agora on a database and stops it again, once its read models are there: making them takes PostgreSQL twice the CPU
 * time of all else in a start. Journeys that prove the first start have an empty database.
 * @param program the module that starts it
 */
export const startOnce = async (postgresUrl: string, program: string = main): Promise<void> => {
  const data = await mkdtemp(join(await roomyPlace(), 'agora-journey-'))
  const child = spawn(process.execPath, [program], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: {
      ...childEnv,
      PORT: '0',
      AGORA_ESDB_PORT: 'off',
      AGORA_DATA: data,
      POSTGRES_URL: postgresUrl,
    },
  })
  const ended = once(child, 'exit')
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const url = /"url":"([^"]+)".*Agora is ready/.exec(line)?.[1]
      if (url === undefined) continue
      while ((await fetch(`${url}/health/ready`)).status !== 200) continue
      break
    }
    // The rest of its output is not read.
    child.stdout.resume()
    child.kill('SIGTERM')
    const [code] = await ended
    if (code !== 0) throw new Error(`Agora did not start on the template: it ended with ${code}`)
  } finally {
    child.kill('SIGKILL')
    await rm(data, { recursive: true, force: true })
  }
  const database = openDatabase(postgresUrl, { connections: 1 })
  for (const table of ofInstallation) await database.query(`DELETE FROM agora.${table}`)
  await database.close()
}

/** Number of the advisory lock under which one worker makes the template: arbitrary. */
const lock = 7_102_045

/**
 * A database on the run's PostgreSQL on which Agora has run once: its read models are there, and no event. The first worker
 * that asks makes it; the others wait.
 * @returns its name
 */
export const startedTemplate = async (): Promise<string> => {
  const migrated = inject('postgresTemplate')
  const name = `${migrated}_started`
  // Its connection, and so the lock, lasts however long the start takes: no pool closes it, no transaction is too long.
  const server = new pg.Client({ connectionString: inject('postgresUrl') })
  await server.connect()
  try {
    await server.query(`SELECT pg_advisory_lock(${lock})`)
    const known = await server.query(`SELECT FROM pg_database WHERE datname = '${name}'`)
    if (known.rowCount) return name
    const making = `${name}_making`
    await server.query(`DROP DATABASE IF EXISTS ${making} WITH (FORCE)`)
    await server.query(`CREATE DATABASE ${making} TEMPLATE ${migrated} STRATEGY file_copy`)
    const url = new URL(inject('postgresUrl'))
    url.pathname = `/${making}`
    await startOnce(url.href, inject('agoraProgram'))
    await server.query(`ALTER DATABASE ${making} RENAME TO ${name}`)
    return name
  } finally {
    await server.end()
  }
}

/** A new database on which Agora has run once, dropped when disposed of. Options are those of `freshDatabase`. */
export const startedDatabase = async (
  options: Omit<Parameters<typeof freshDatabase>[0] & object, 'template'> = {},
): Promise<TestDatabase> => freshDatabase({ ...options, template: await startedTemplate() })
