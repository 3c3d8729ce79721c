import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { freshDatabase, type TestDatabase } from '../../../../test/support/postgres.ts'
import { Unavailable } from '../../unavailable.ts'
import { openDatabase } from './database.ts'
import { migrate } from './migrate.ts'

const killOthers =
  'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()'

describe('a database', () => {
  test('has a unique application name for its sessions, whatever its URL contains', async () => {
    await using fresh = await freshDatabase()
    const url = new URL(fresh.url)
    url.searchParams.set('application_name', 'one for all')
    const database = openDatabase(url.href, { connections: 1 })
    const [row] = await database.query<{ name: string }>(
      `SELECT current_setting('application_name') AS name`,
    )
    expect(row?.name).toMatch(/^agora-/)
    await database.close()
  })

  let fresh: TestDatabase
  beforeAll(async () => void (fresh = await freshDatabase()))
  afterAll(() => fresh[Symbol.asyncDispose]())

  test('parses bigint to BigInt and times to ISO 8601', async () => {
    const [row] = await fresh.database.query(
      `SELECT 9007199254740993::bigint AS n, '2030-01-02T03:04:05.6+02'::timestamptz AS at,
              '2030-01-02T03:04:05Z'::timestamptz AS whole, '{"a":[1]}'::jsonb AS json`,
    )
    expect(row).toStrictEqual({
      n: 9_007_199_254_740_993n,
      at: '2030-01-02T01:04:05.600Z',
      whole: '2030-01-02T03:04:05.000Z',
      json: { a: [1] },
    })
  })

  test('commits a transaction as a whole, or rolls it back', async () => {
    const { database } = fresh
    await database.query('CREATE TABLE t (n integer)')
    await database.transaction(({ query }) => query('INSERT INTO t VALUES (1)'))
    const failing = database.transaction(async ({ query }) => {
      await query('INSERT INTO t VALUES (2)')
      throw new Error('changed my mind')
    })
    await expect(failing).rejects.toThrow(/changed my mind/)
    expect(await database.query('SELECT n FROM t')).toStrictEqual([{ n: 1 }])
  })

  test('without a free connection is Unavailable, and names the settings', async () => {
    const role = `few_${randomBytes(6).toString('hex')}`
    await fresh.database.query(`CREATE ROLE ${role} LOGIN PASSWORD 'few' CONNECTION LIMIT 1`)
    const url = Object.assign(new URL(fresh.url), { username: role, password: 'few' })
    const few = openDatabase(url.href, { connections: 2 })
    try {
      const first = await few.connect()
      await expect(few.query('SELECT 1')).rejects.toThrow(/no connection left.*max_connections/)
      await expect(few.query('SELECT 1')).rejects.toThrow(Unavailable)
      await first.close()
    } finally {
      await few.close()
      await fresh.database.query(`DROP ROLE ${role}`)
    }
  })

  test('that cannot be reached is Unavailable; an invalid statement is another error', async () => {
    const nowhere = openDatabase('postgres://postgres@127.0.0.1:1/postgres')
    await expect(nowhere.query('SELECT 1')).rejects.toThrow(Unavailable)
    await expect(nowhere.connect()).rejects.toThrow(Unavailable)
    await expect(nowhere.transaction(async () => undefined)).rejects.toThrow(Unavailable)
    await nowhere.close()
    await expect(fresh.database.query('SELEKT 1')).rejects.toSatisfy(
      (error) => !(error instanceof Unavailable),
    )
  })

  test('that loses its connections is Unavailable for running statements, and available for the next', async () => {
    const database = openDatabase(fresh.url, { connections: 2 })
    const failure = database.query('SELECT pg_sleep(30)').catch((error: unknown) => error)
    const sleeping = `SELECT count(*)::integer AS n FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(30)%' AND datname = current_database()`
    await expect.poll(async () => (await fresh.database.query(sleeping))[0]?.n).toBe(1)
    await fresh.database.query(killOthers)
    expect(await failure).toBeInstanceOf(Unavailable)
    expect(await database.query('SELECT 1 AS one')).toStrictEqual([{ one: 1 }])
    await database.close()
  })

  test('serialises the concurrent statements of a dedicated connection', async () => {
    const connection = await fresh.database.connect()
    const answers = await Promise.all(
      [3, 1, 2].map((n) => connection.query(`SELECT ${n} AS n FROM pg_sleep(0.01)`)),
    )
    expect(answers.flat()).toStrictEqual([{ n: 3 }, { n: 1 }, { n: 2 }])
    await connection.close()
    await connection.lost
  })

  test('rolls back the transaction of a client that hangs in it, and releases its locks', async () => {
    const { database } = fresh
    await database.query('CREATE TABLE scales (n integer)')
    await database.query('INSERT INTO scales VALUES (1)')
    const limits = { inTransaction: 200, unread: 10_000 }
    const hanging = openDatabase(fresh.url, { connections: 1, limits })
    const left = hanging.transaction(async ({ query }) => {
      await query('UPDATE scales SET n = 2')
      // As a client that hangs: it continues only after another session has acquired the lock.
      await database.query('UPDATE scales SET n = 3')
      await query('UPDATE scales SET n = 4')
    })
    await expect(left).rejects.toThrow(Unavailable)
    expect(await database.query('SELECT n FROM scales')).toStrictEqual([{ n: 3 }])
    await hanging.close()
  })

  test('closes the connection of a client that stops reading', async () => {
    const { hostname, port } = new URL(fresh.url)
    let isRead = true
    const open = new Set<Socket>()
    const proxy = createServer((near) => {
      const far = connect(Number(port), hostname)
      for (const socket of [near, far]) open.add(socket.on('error', () => undefined))
      near.pipe(far)
      far.on('data', (data) => {
        near.write(data)
        if (!isRead) far.pause()
      })
      far.on('close', () => near.destroy())
    }).listen(0, '127.0.0.1')
    await expect.poll(() => proxy.listening).toBe(true)
    const url = Object.assign(new URL(fresh.url), {
      port: String((proxy.address() as AddressInfo).port),
    })
    const limits = { inTransaction: 10_000, unread: 500 }
    const hanging = openDatabase(url.href, { connections: 1, limits })
    const [backend] = await hanging.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
    isRead = false
    const unread = hanging.query(`SELECT repeat('x', 1000000) FROM generate_series(1, 200)`)
    const failed = unread.catch((error: unknown) => error)
    const there = async () =>
      fresh.database.query({
        text: 'SELECT state FROM pg_stat_activity WHERE pid = $1',
        values: [backend?.pid],
      })
    await expect.poll(there).toEqual([])
    for (const socket of open) socket.destroy()
    expect.assert((await failed) instanceof Unavailable)
    await hanging.close()
    proxy.close()
  })

  test('delivers notifications also after the connection was lost', async () => {
    const database = openDatabase(fresh.url, { connections: 2 })
    const received: string[] = []
    const listener = await database.listen('topic', (payload) => received.push(payload))
    await database.query(`SELECT pg_notify('topic', 'first')`)
    await expect.poll(() => received).toEqual(['first'])
    await fresh.database.query(killOthers)
    await expect.poll(() => received.at(-1)).toBe('')
    await database.query(`SELECT pg_notify('topic', 'second')`)
    await expect.poll(() => received.at(-1)).toBe('second')
    await listener.close()
    await database.close()
  })
})

/** A proxy of a PostgreSQL that cuts the connection of a client that sends `word`, `cuts` times. */
const cuttingProxy = async (url: string) => {
  const { hostname, port } = new URL(url)
  const open = new Set<Socket>()
  const proxy = { word: '', cuts: 0, open, url: '', close: () => server.close() }
  const server = createServer((near) => {
    const far = connect(Number(port), hostname)
    open.add(near)
    near.on('close', () => (open.delete(near), far.destroy())).on('error', () => undefined)
    far.on('close', () => near.destroy()).on('error', () => undefined)
    near.on('data', (data) => {
      if (proxy.cuts === 0 || !data.includes(proxy.word)) return far.write(data)
      proxy.cuts -= 1
      return near.destroy()
    })
    far.pipe(near)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const to = new URL(url)
  to.hostname = '127.0.0.1'
  to.port = String((server.address() as AddressInfo).port)
  proxy.url = to.href
  return proxy
}

describe('a listener', () => {
  let fresh: TestDatabase
  beforeAll(async () => void (fresh = await freshDatabase()))
  afterAll(() => fresh[Symbol.asyncDispose]())

  test('holds one connection, at whatever point it is cut', async () => {
    const proxy = await cuttingProxy(fresh.url)
    const database = openDatabase(proxy.url, { connections: 1 })
    const received: string[] = []
    const listener = await database.listen('topic', (payload) => received.push(payload))
    Object.assign(proxy, { word: 'LISTEN', cuts: 4 })
    for (const socket of proxy.open) socket.destroy()
    await expect.poll(() => proxy.cuts).toBe(0)
    await expect.poll(() => received).toEqual([''])
    await fresh.database.query(`SELECT pg_notify('topic', 'once')`)
    await expect.poll(() => received).toEqual(['', 'once'])
    expect(proxy.open.size).toBe(1)
    await listener.close()
    await expect.poll(() => proxy.open.size).toBe(0)
    await database.close()
    proxy.close()
  })

  test('that is closed while it reconnects leaves no connection open', async () => {
    const proxy = await cuttingProxy(fresh.url)
    const database = openDatabase(proxy.url, { connections: 1 })
    const listener = await database.listen('topic', () => undefined)
    for (const socket of proxy.open) socket.destroy()
    await expect.poll(() => proxy.open.size, { interval: 1 }).toBe(0)
    await expect.poll(() => proxy.open.size, { interval: 1 }).toBe(1)
    await listener.close()
    await expect.poll(() => proxy.open.size).toBe(0)
    await database.close()
    proxy.close()
  })

  test('shares its connection with those of other channels, and gets back what it needs when that is cut', async () => {
    const proxy = await cuttingProxy(fresh.url)
    const database = openDatabase(proxy.url, { connections: 1 })
    const received: Record<string, string[]> = { one: [], two: [], again: [] }
    const listenTo = (channel: string, name = channel) =>
      database.listen(channel, (payload) => received[name]!.push(payload))
    const [one, two, again] = await Promise.all([
      listenTo('one'),
      listenTo('two'),
      listenTo('one', 'again'),
    ])
    expect(proxy.open.size).toBe(1)
    const notify = (text: string) =>
      fresh.database.query(`SELECT pg_notify('one', '${text}'), pg_notify('two', '${text}')`)
    await notify('1')
    await expect.poll(() => received).toEqual({ one: ['1'], two: ['1'], again: ['1'] })
    for (const losses of [1, 2]) {
      for (const socket of proxy.open) socket.destroy()
      const after = ['1', ...Array<string>(losses).fill('')]
      await expect.poll(() => received).toEqual({ one: after, two: after, again: after })
    }
    await again.close()
    await one.close()
    await notify('2')
    await expect.poll(() => received['two']).toEqual(['1', '', '', '2'])
    // Closed and added again at once: the second one listens.
    const [third] = await Promise.all([listenTo('two', 'again'), two.close()])
    await notify('3')
    await expect.poll(() => received['again']).toEqual(['1', '', '', '3'])
    expect([received['one'], received['two']]).toEqual([
      ['1', '', ''],
      ['1', '', '', '2'],
    ])
    expect(proxy.open.size).toBe(1)
    await third.close()
    await expect.poll(() => proxy.open.size).toBe(0)
    await database.close()
    proxy.close()
  })

  test('that cannot be added while PostgreSQL is away fails, and the others are reconnected', async () => {
    const proxy = await cuttingProxy(fresh.url)
    const database = openDatabase(proxy.url, { connections: 1 })
    const received: string[] = []
    const listener = await database.listen('one', (payload) => received.push(payload))
    Object.assign(proxy, { word: 'LISTEN', cuts: 2 })
    for (const socket of proxy.open) socket.destroy()
    await expect.poll(() => proxy.open.size, { interval: 1 }).toBe(0)
    await expect(database.listen('two', () => undefined)).rejects.toThrow(Unavailable)
    await expect.poll(() => received).toEqual([''])
    await fresh.database.query(`SELECT pg_notify('one', 'once')`)
    await expect.poll(() => received).toEqual(['', 'once'])
    await listener.close()
    await expect.poll(() => proxy.open.size).toBe(0)
    await database.close()
    proxy.close()
  })
})

describe('migrations', () => {
  let fresh: TestDatabase
  let folder: string
  beforeEach(async () => {
    fresh = await freshDatabase()
    folder = await mkdtemp(join(tmpdir(), 'agora-migrations-'))
  })
  afterEach(async () => {
    await rm(folder, { recursive: true })
    await fresh[Symbol.asyncDispose]()
  })
  const file = (name: string, sql: string) => writeFile(join(folder, name), sql)

  test('run in the order of their names, each once, also when processes start together', async () => {
    await file('901-b.sql', 'INSERT INTO seen VALUES (2)')
    await file('900-a.sql', 'CREATE TABLE seen (n integer); INSERT INTO seen VALUES (1)')
    const others = [openDatabase(fresh.url), openDatabase(fresh.url)]
    await Promise.all([fresh.database, ...others].map((one) => migrate(one, { folder })))
    await file('902-c.sql', 'INSERT INTO seen VALUES (3)')
    await migrate(fresh.database, { folder })
    expect(await fresh.database.query('SELECT n FROM seen ORDER BY n')).toStrictEqual([
      { n: 1 },
      { n: 2 },
      { n: 3 },
    ])
    await Promise.all(others.map((one) => one.close()))
  })

  test('that fail are rolled back', async () => {
    await file('900-a.sql', 'CREATE TABLE half (n integer); SELECT 1 / 0')
    await expect(migrate(fresh.database, { folder })).rejects.toThrow(/division by zero/)
    expect(await fresh.database.query(`SELECT to_regclass('half') AS half`)).toStrictEqual([
      { half: null },
    ])
  })

  test('give way to others while a dump holds a table that they change, and are tried again', async () => {
    await fresh.database.query('CREATE TABLE held (n integer)')
    await file('900-a.sql', 'CREATE TABLE half (n integer)')
    await file('901-b.sql', 'ALTER TABLE held ADD COLUMN m integer')
    const dump = await fresh.database.connect()
    await dump.query('BEGIN; LOCK TABLE held IN ACCESS SHARE MODE')
    const said: string[] = []
    let read: Promise<unknown> | undefined
    /** The table can be read meanwhile, and nothing is half migrated. */
    const readMeanwhile = async () => {
      const rows = await fresh.database.query(
        `SELECT to_regclass('half') AS half FROM (SELECT count(*) FROM held) AS there`,
      )
      await dump.query('COMMIT')
      return rows
    }
    await migrate(fresh.database, {
      folder,
      lockTimeout: 50,
      onWait: (sentence) => {
        said.push(sentence)
        read ??= readMeanwhile()
      },
    })
    expect(said[0]).toContain('901-b.sql needs a lock that another session holds')
    expect(await read).toStrictEqual([{ half: null }])
    expect(await fresh.database.query('SELECT m FROM held, half')).toStrictEqual([])
    await dump.close()
  })

  test('that were changed after they were run are refused by name', async () => {
    await file('900-a.sql', 'CREATE TABLE first (n integer)')
    await migrate(fresh.database, { folder })
    await file('900-a.sql', 'CREATE TABLE second (n integer)')
    await expect(migrate(fresh.database, { folder })).rejects.toThrow(/900-a\.sql was changed/)
  })
})
