import { once } from 'node:events'
import { mkdir, rmdir } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ask, temporaryFolder } from '../../../../test/support/embedded.ts'
import { findBinaries } from './binaries.ts'
import { openCluster, type Cluster } from './cluster.ts'
import { chooseLaunchMode, type LaunchMode } from './launch-mode.ts'
import { startServer } from './server.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let mode: LaunchMode
let cluster: Cluster

beforeAll(async () => {
  folder = await temporaryFolder()
  mode = await chooseLaunchMode(await findBinaries(), folder.path, undefined)
  cluster = await openCluster(folder.path, mode)
})
afterAll(() => folder[Symbol.asyncDispose]())

/** A port with a listener, followed by a free one. */
const takenThenFree = async () => {
  const [taken, other] = [createServer(), createServer()]
  const ports: number[] = []
  for (const server of [taken, other]) {
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const address = server.address()
    if (address !== null && typeof address !== 'string') ports.push(address.port)
  }
  other.close()
  await once(other, 'close')
  return { ports, [Symbol.dispose]: () => void taken.close() }
}

it('starts at another port when the chosen one was taken meanwhile', async () => {
  using found = await takenThenFree()
  const left = [...found.ports]
  const server = await startServer({
    mode,
    cluster,
    log: () => undefined,
    findPort: async () => left.shift() ?? 0,
  })
  expect(server.port).toBe(found.ports[1])
  const url = `postgres://postgres:${cluster.password}@127.0.0.1:${server.port}/postgres`
  expect(await ask(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  await server.stop()
  expect(await server.exited).toBe(0)
})

it('starts without a Unix socket if none can be created in the data folder', async () => {
  using found = await takenThenFree()
  const port = found.ports[1]!
  // As on file systems without sockets, its creation fails.
  const blocker = join(cluster.data, `.s.PGSQL.${port}`)
  await mkdir(blocker)
  const server = await startServer({
    mode,
    cluster,
    log: () => undefined,
    findPort: async () => port,
  })
  const url = `postgres://postgres:${cluster.password}@127.0.0.1:${port}/postgres`
  expect(await ask(url, 'SHOW unix_socket_directories')).toEqual([{ unix_socket_directories: '' }])
  await server.stop()
  await rmdir(blocker)
})

it('reports the error of PostgreSQL when it does not start', async () => {
  const settings = { shared_buffers: 'plenty' }
  await expect(startServer({ mode, cluster, settings, log: () => undefined })).rejects.toThrow(
    'invalid value for parameter "shared_buffers": "plenty"',
  )
})
