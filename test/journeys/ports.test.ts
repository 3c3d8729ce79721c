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

const here = process.platform === 'linux' ? `process ${process.pid} \\(` : 'another process \\('

test('a port that Agora cannot listen on is reported in one line, with exit code 1', async () => {
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
  const isIn = `^127\\.0\\.0\\.1:${port} is in use by ${here}.*; stop it first, or set`
  await Promise.all([
    endsWith({ PORT: port }, new RegExp(`${isIn} PORT to another port$`)),
    endsWith({ AGORA_ESDB_PORT: port }, new RegExp(`${isIn} AGORA_ESDB_PORT to another port$`)),
    endsWith({ HOST: '192.0.2.1' }, /^192\.0\.2\.1 is no address of this machine; set HOST to/),
  ])
})
