import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { MongoBulkWriteError, MongoServerError, MongoServerSelectionError } from 'mongodb'
import { freePort } from '../../../../test/services/service.ts'
import { hasMongo, mongoUrl, needsMongo } from '../../../../test/support/mongo.ts'
import { until } from '../../../../test/support/until.ts'
import { Unavailable } from '../../unavailable.ts'
import { openMongo } from './connection.ts'

test('while MongoDB is away, one call a second tries and the others fail at once, until one is answered', async () => {
  let at = 0
  const changes: boolean[] = []
  await using connection = {
    ...openMongo('mongodb://127.0.0.1:1/agora', {
      now: () => at,
      onChange: (isUp) => void changes.push(isUp),
    }),
    [Symbol.asyncDispose]: () => connection.close(),
  }
  let tries = 0
  const fail = () =>
    connection.run(() => {
      tries += 1
      return Promise.reject(
        new MongoServerSelectionError('no server', { servers: new Map() } as never),
      )
    })
  await expect(fail()).rejects.toThrow(Unavailable)
  at += 999
  await expect(fail()).rejects.toThrow('tried again every second')
  expect([tries, connection.isUp()]).toEqual([1, false])
  at += 1
  const hung = Promise.withResolvers<string>()
  const attempt = connection.run(() => hung.promise)
  at += 5_000
  await expect(fail()).rejects.toThrow(Unavailable)
  expect(tries).toBe(1)
  hung.resolve('answer')
  expect(await attempt).toBe('answer')
  await expect(fail()).rejects.toThrow(Unavailable)
  expect(tries).toBe(2)
  at += 1_000
  await expect(connection.run(() => Promise.reject(new Error('a document')))).rejects.toThrow(
    'a document',
  )
  expect(connection.isUp()).toBe(true)
  expect(changes).toEqual([false, true, false, true])
})

test.skipIf(!hasMongo)(
  `MongoDB that is away at the first operation answers once it is there${needsMongo}`,
  async () => {
    const port = await freePort()
    await using connection = {
      ...openMongo(`mongodb://127.0.0.1:${port}/agora`),
      [Symbol.asyncDispose]: () => connection.close(),
    }
    await expect(connection.ping()).rejects.toThrow(Unavailable)
    const { hostname, port: there } = new URL(mongoUrl)
    const sockets: Socket[] = []
    const proxy = createServer((socket) => {
      const server = connect(Number(there), hostname)
      sockets.push(socket, server)
      for (const one of [socket, server]) one.on('error', () => undefined)
      socket.pipe(server).pipe(socket)
    }).listen(port, '127.0.0.1')
    await once(proxy, 'listening')
    try {
      await until(connection.ping, () => true, { patience: 20_000 })
      expect(connection.isUp()).toBe(true)
    } finally {
      await connection.close()
      for (const socket of sockets) socket.destroy()
      proxy.close()
    }
    // A closed connection stays closed.
    await expect(connection.ping()).rejects.toThrow(Unavailable)
  },
)

/** The failure of an operation that found no server, after the driver has last looked for it. */
const notFound = (lookedMsAgo: number) => {
  const server = { type: 'Unknown', lastUpdateTime: performance.now() - lookedMsAgo }
  return new MongoServerSelectionError('no server', {
    servers: new Map([['127.0.0.1:1', server]]),
  } as never)
}

test.skipIf(!hasMongo)(
  `MongoDB is connected again when the driver has stopped looking for it${needsMongo}`,
  async () => {
    let at = 0
    await using connection = {
      ...openMongo(mongoUrl, { connectMs: 1_000, now: () => at }),
      [Symbol.asyncDispose]: () => connection.close(),
    }
    let closed = 0
    await connection.run(async ({ client }) => client.on('topologyClosed', () => (closed += 1)))
    await connection.ping()
    for (const [lookedMsAgo, times] of [
      [3_000, 0],
      [9_000, 1],
    ] as const) {
      const failed = connection.run(() => Promise.reject(notFound(lookedMsAgo)))
      await expect(failed).rejects.toThrow(Unavailable)
      expect(closed).toBe(times)
      at += 1_000
      await connection.ping()
    }
  },
)

test('an operation that MongoDB answers with an error does not fail the others: a full disk can be read', async () => {
  const changes: boolean[] = []
  await using connection = {
    ...openMongo('mongodb://127.0.0.1:1/agora', { onChange: (isUp) => void changes.push(isUp) }),
    [Symbol.asyncDispose]: () => connection.close(),
  }
  const full = new MongoServerError({ code: 14_031, message: 'out of disk space' })
  await expect(connection.run(() => Promise.reject(full))).rejects.toThrow(Unavailable)
  expect(await connection.run(async () => 'read')).toBe('read')
  expect(changes).toEqual([])
})

test('the failure to write a document does not quote it, whatever it was refused for', async () => {
  await using connection = {
    ...openMongo('mongodb://127.0.0.1:1/agora'),
    [Symbol.asyncDispose]: () => connection.close(),
  }
  const quoting = (writeErrors: readonly object[]) =>
    new MongoBulkWriteError(
      { message: `Can't extract geo keys: { name: "Ann" }`, code: 16_755, writeErrors } as never,
      {} as never,
    )
  const failureOf = (error: Error) =>
    connection.run(() => Promise.reject(error)).catch((failure: unknown) => failure)
  const refused = await failureOf(
    quoting([{ code: 16_755, index: 0, errmsg: `Can't extract geo keys: { name: "Ann" }` }]),
  )
  expect(refused).toBeInstanceOf(Unavailable)
  expect(inspect(refused, { depth: 9 })).not.toMatch(/Ann/)
  expect(inspect(refused, { depth: 9 })).toMatch(/code 16755/)
  // The server has answered.
  expect(connection.isUp()).toBe(true)
  // Without any write error, it is a failure of the connection.
  const lost = new MongoBulkWriteError({ message: 'closed', code: 6 } as never, {} as never)
  expect(await failureOf(lost)).toMatchObject({ cause: { message: 'closed' } })
})

/** What a connection makes of a URL, without connecting. */
const opened = async (url: string) => {
  const connection = openMongo(url)
  const found = await connection.run(async ({ databaseName, readPreference }) => ({
    databaseName,
    reads: readPreference?.mode,
  }))
  await connection.close()
  return found
}

test.each([
  ['one server', 'mongodb://h:27017/shop', 'shop'],
  ['a replica set with ports', 'mongodb://u:p@a:27017,b:27018,[::1]:9/shop?replicaSet=r', 'shop'],
  ['an encoded name', 'mongodb://h/a%2Db', 'a-b'],
  ['no name', 'mongodb://h:27017', 'agora'],
  ['no name and options', 'mongodb://h/?appName=x/y', 'agora'],
])('a URL of %s names its database', async (_, url, databaseName) => {
  expect((await opened(url)).databaseName).toBe(databaseName)
})

test('reads go to the primary, whatever the URL prefers: a secondary may lag behind the position of an answer', async () => {
  expect((await opened('mongodb://a,b/shop?readPreference=nearest')).reads).toBe('primary')
})

test.each([
  'mongodb://ann:5ecret@h:port/shop',
  'mongodb://ann:5e/cret@h/shop',
  'mongodb://ann:5ecret@h/shop?unknown=1',
  'mongodb://ann:5ecret@h/a%zz',
  'mongodb://ann:5%zzecret@h/shop',
])('the error of the invalid URL %s does not contain the password', (url) => {
  let failure: unknown
  try {
    openMongo(url)
  } catch (error) {
    failure = error
  }
  expect(failure).toBeInstanceOf(Error)
  expect(inspect(failure, { depth: 9 })).not.toMatch(/ecret/)
})
