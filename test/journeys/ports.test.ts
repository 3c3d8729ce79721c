import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { runMain, temporaryData, type Env } from '../support/agora.ts'
import { freshDatabase } from '../support/postgres.ts'

/** A port that this process listens on. */
const takenPort = async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { port: String(port), [Symbol.asyncDispose]: async () => void server.close() }
}

/** A port that nothing listens on. */
const closedPort = async (): Promise<string> => {
  await using short = await takenPort()
  return short.port
}

/** A file, where a folder is needed. */
const file = import.meta.filename

const here = process.platform === 'linux' ? `process ${process.pid} \\(` : 'another process \\('

test('a port, a data folder and a PostgreSQL that Agora cannot use are reported in one line, with exit code 1', async () => {
  await using database = await freshDatabase()
  await using data = await temporaryData()
  await using taken = await takenPort()
  const endsWith = async (env: Env, line: RegExp) => {
    const all = { POSTGRES_URL: database.url, LOG_LEVEL: 'silent', ...env }
    const { child, closed, lines } = runMain(data.path, all)
    await closed
    expect(lines).toEqual([expect.stringMatching(line)])
    expect(child.exitCode).toBe(1)
  }
  const { port } = taken
  const closed = await closedPort()
  const isIn = `^127\\.0\\.0\\.1:${port} is in use by ${here}.*; stop it first, or set`
  await Promise.all([
    endsWith({ PORT: port }, new RegExp(`${isIn} PORT to another port$`)),
    endsWith({ AGORA_ESDB_PORT: port }, new RegExp(`${isIn} AGORA_ESDB_PORT to another port$`)),
    endsWith({ AGORA_DATA: file }, /ports\.test\.ts is a file, not a folder; set AGORA_DATA to/),
    endsWith(
      { POSTGRES_URL: `postgres://a:secret@127.0.0.1:${closed}/agora` },
      new RegExp(
        `^PostgreSQL cannot be reached at 127\\.0\\.0\\.1:${closed} \\(POSTGRES_URL\\): 127\\.0\\.0\\.1:${closed} refuses connections`,
      ),
    ),
    endsWith({ HOST: '192.0.2.1' }, /^192\.0\.2\.1 is no address of this machine; set HOST to/),
  ])
})
