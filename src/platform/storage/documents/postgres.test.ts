import { Type } from 'typebox'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  currencies,
  Fields,
  Id,
  money,
  moneyInWords,
  projection,
  Timestamp,
  type AnyProjection,
} from '#kernel'
import { watchCommits } from '../../../../test/support/commits.ts'
import { freshDatabase, type TestDatabase } from '../../../../test/support/postgres.ts'
import { openDatabase, type Database } from '../../engines/postgres/database.ts'
import { Unavailable } from '../../unavailable.ts'
import { documentConformance } from './conformance.ts'
import type { DocumentStore, Generation, Query } from './port.ts'
import { liveColumns } from './postgres-views.ts'
import { sqlOf } from './postgres-query.ts'
import { postgresDocuments } from './postgres.ts'
import { resolveQuery } from './resolved-query.ts'

documentConformance('PostgreSQL', async () => {
  const { url, ...fresh } = await freshDatabase()
  const databases = new Set<Database>()
  return {
    open: async () => {
      const database = openDatabase(url, { connections: 4 })
      databases.add(database)
      return postgresDocuments(database)
    },
    close: async () => {
      await Promise.all([...databases].map((database) => database.close()))
      await fresh[Symbol.asyncDispose]()
    },
  }
})

let fresh: TestDatabase
let store: DocumentStore
beforeAll(async () => {
  fresh = await freshDatabase()
  store = postgresDocuments(fresh.database)
})
afterAll(() => fresh?.[Symbol.asyncDispose]())

const Price = money(Fields({ amount: Type.Integer(), currency: Type.String() }))

const model = (
  name: string,
  fields: Parameters<typeof Fields>[0],
  { version = 1, indexes = [] }: { version?: number; indexes?: string[][] } = {},
): AnyProjection =>
  projection({
    name,
    version,
    store: 'postgres',
    within: 60_000,
    from: [],
    key: () => undefined,
    document: Fields(fields),
    indexes,
  }).rules({})

const put = async (
  generation: Generation,
  documents: Readonly<Record<string, unknown>>,
  into = store,
) => {
  const from = await into.position(generation)
  const upserts = new Map(Object.entries(documents))
  expect.assert(await into.write(generation, { from, to: from + 1n, upserts, deletes: [] }))
}

const published = async (model: AnyProjection, documents: Readonly<Record<string, unknown>>) => {
  const generation = await store.begin(model)
  await put(generation, documents)
  await store.publish(generation)
  return generation
}

const columnsOfView = async (name: string) => {
  const rows = await fresh.database.query<{ column: string }>({
    text: `SELECT attname || ' ' || format_type(atttypid, atttypmod) AS column FROM pg_attribute
      WHERE attrelid = to_regclass($1) AND attnum > 0 ORDER BY attnum`,
    values: [`public.${name}`],
  })
  return rows.map(({ column }) => column)
}

test('people query a read model by plain columns', async () => {
  const shop = model('shop_orders', {
    id: Id('OrderId'),
    userId: Type.String(),
    status: Type.Enum(['PENDING', 'CONFIRMED']),
    total: Price,
    shipping: Type.Optional(Price),
    quantity: Type.Integer(),
    weight: Type.Optional(Type.Number()),
    gift: Type.Boolean(),
    items: Type.Array(Type.String()),
    note: Type.Union([Type.String(), Type.Null()]),
    createdAt: Timestamp,
  })
  const document = {
    id: '0190c0de-0000-7000-8000-000000000001',
    userId: 'ann',
    status: 'PENDING',
    total: { amount: 1999, currency: 'EUR' },
    quantity: 3,
    gift: true,
    items: ['lamp'],
    note: null,
    createdAt: '2030-01-01T12:34:56.789Z',
  }
  await published(shop, { a: document, b: { ...document, status: 'CONFIRMED' }, c: document })
  const columns = `id uuid, user_id text, status text, total numeric, currency text,
    shipping numeric, shipping_currency text, quantity bigint, weight double precision,
    gift boolean, items jsonb, note text, created_at timestamp with time zone`
  expect((await columnsOfView('shop_orders')).join(', ')).toStrictEqual(
    columns.replaceAll(/\s+/g, ' '),
  )
  const counts = 'SELECT status, count(*)::int FROM shop_orders GROUP BY 1 ORDER BY 1'
  expect(await fresh.database.query(counts)).toStrictEqual([
    { status: 'CONFIRMED', count: 1 },
    { status: 'PENDING', count: 2 },
  ])
  const all = `SELECT * FROM shop_orders WHERE status = 'CONFIRMED'`
  expect(await fresh.database.query(all)).toStrictEqual([
    {
      id: document.id,
      user_id: 'ann',
      status: 'CONFIRMED',
      total: '19.99',
      currency: 'EUR',
      shipping: null,
      shipping_currency: null,
      quantity: 3n,
      weight: null,
      gift: true,
      items: ['lamp'],
      note: null,
      created_at: document.createdAt,
    },
  ])
})

test('money has as many digits as its currency', async () => {
  const paid = model('paid', { id: Type.String(), total: Price })
  const cases = {
    EUR: '19.99',
    JPY: '1999',
    KWD: '1.999',
    CLF: '0.1999',
    IQD: '1.999',
    LBP: '19.99',
    ZZZ: '19.99',
  }
  const documents = Object.keys(cases).map(
    (currency) => [currency, { id: currency, total: { amount: 1999, currency } }] as const,
  )
  await published(paid, Object.fromEntries(documents))
  const rows = await fresh.database.query<{ id: string; total: string }>(
    'SELECT id, total::text FROM paid',
  )
  expect(Object.fromEntries(rows.map(({ id, total }) => [id, total]))).toStrictEqual(cases)
  for (const currency of currencies) {
    const total = { amount: 1_234_567, currency }
    await put((await store.live(paid))!, { EUR: { id: 'EUR', total } })
    const [row] = await fresh.database.query<{ words: string }>(
      `SELECT concat_ws(' ', total, currency) AS words FROM paid WHERE id = 'EUR'`,
    )
    expect(row?.words).toBe(moneyInWords(total))
  }
})

test('a text that is searched later is folded where it is, and only there', async () => {
  const fields = { id: Type.String(), note: Type.String() }
  const plain = model('noted', fields)
  const searched = { ...plain, containing: ['note'] }
  const generation = await published(plain, {
    a: { id: 'a', note: 'Crème' },
    b: { id: 'b', note: 'Tea' },
  })
  const find = async (contains: string) => {
    const asked: Query = { where: { note: { contains } } }
    const { documents } = await postgresDocuments(fresh.database).find<{ id: string }>(
      searched,
      asked,
    )
    return documents.map(({ id }) => id)
  }
  // Until they are folded, as well as the database can.
  expect(await find('TEA')).toStrictEqual(['b'])
  await store.create({ ...generation, projection: { ...searched, version: 2 } })
  expect(await find('TEA')).toStrictEqual(['b'])
  expect(await find('creme')).toStrictEqual([])
  await store.create({ ...generation, projection: searched })
  expect(await find('creme')).toStrictEqual(['a'])
  await put({ ...generation, projection: searched }, { c: { id: 'c', note: 'Cre\u0300me' } })
  expect(await find('CRÈME')).toStrictEqual(['a', 'c'])
})

test('a value that does not fit its column stops neither the projection nor the people', async () => {
  const fields = {
    id: Id('ThingId'),
    at: Timestamp,
    n: Type.Integer(),
    x: Type.Number(),
    is: Type.Boolean(),
    price: Price,
  }
  const odd = model('odd_things', fields, {
    indexes: [['n'], ['is'], ['at'], ['price.amount']],
  })
  await published(odd, {
    a: { id: 'no uuid', at: '2030-02-30T00:00:00.000Z', n: 'one', x: {}, is: 'yes', price: 'free' },
    b: { id: [], at: 5, n: 1e300, x: true, is: 1, price: { amount: 1e15, currency: 1 } },
    c: {},
  })
  const rows = await fresh.database.query('SELECT id, at, n, x, "is", price FROM odd_things')
  const none = { id: null, at: null, n: null, x: null, is: null, price: null }
  expect(rows).toStrictEqual([none, none, none])
  expect((await store.find(odd, { where: { n: { gte: 0 } } })).total).toBe(1)
})

test('the columns that people see change with the document', async () => {
  const before = model('changing', { id: Type.String(), n: Type.Integer() })
  await published(before, { a: { id: 'a', n: 1 } })
  expect(await columnsOfView('changing')).toStrictEqual(['id text', 'n bigint'])
  const after = model('changing', { n: Type.String(), id: Type.String() }, { version: 2 })
  await published(after, { a: { id: 'a', n: 'one' } })
  expect(await columnsOfView('changing')).toStrictEqual(['n text', 'id text'])
  expect(await fresh.database.query('SELECT * FROM changing')).toStrictEqual([
    { n: 'one', id: 'a' },
  ])
})

test('older and newer code find the same, whichever of them built what is live', async () => {
  const fields = { id: Type.String(), kind: Type.String(), n: Type.Integer() }
  const older = model('mixed', fields, { indexes: [['kind']] })
  const newer = model('mixed', fields, { version: 2, indexes: [['n']] })
  const otherStore = postgresDocuments(fresh.database)
  const documents = { a: { id: 'a', kind: 'x', n: 2 }, b: { id: 'b', kind: 'x', n: 1 } }
  const query: Query = { where: { kind: 'x', n: { lte: 2 } }, sort: ['n'] }
  const answers = () =>
    Promise.all(
      [store, otherStore].flatMap((each) =>
        [older, newer].map(async (model) => (await each.find(model, query)).documents),
      ),
    )
  const expected = [documents.b, documents.a]
  await published(older, documents)
  expect(await answers()).toStrictEqual(Array.from({ length: 4 }, () => expected))
  await published(newer, documents)
  expect(await answers()).toStrictEqual(Array.from({ length: 4 }, () => expected))
})

/** How PostgreSQL goes about a query, on one line. */
const planOf = async (model: AnyProjection, query: Query): Promise<string> => {
  const stored = await liveColumns(fresh.database, model.name)
  const { page } = sqlOf(model.name, resolveQuery(model, query), stored)
  const rows = await fresh.database.query<{ 'QUERY PLAN': string }>({
    text: `EXPLAIN (COSTS OFF) ${page.text}`,
    values: page.values,
  })
  return rows.map((row) => row['QUERY PLAN'].trim()).join(' ')
}

const visits = {
  id: Type.String(),
  userId: Type.String(),
  status: Type.String(),
  at: Timestamp,
  price: Price,
}
const manyVisits = Object.fromEntries(
  Array.from({ length: 4_000 }, (_, index) => {
    const at = new Date(1_893_456_000_000 + index * 1_000).toISOString()
    const price = { amount: index, currency: 'EUR' }
    return [`${index}`, { id: `${index}`, userId: `u${index % 200}`, status: 'A', at, price }]
  }),
)

test('what is declared as an index is looked up and sorted by one', async () => {
  const indexes = [['userId', 'at'], ['price.amount']]
  const indexed = model('visits', visits, { indexes })
  await published(indexed, manyVisits)
  const mine = await planOf(indexed, { where: { userId: 'u7' }, sort: ['-at'], limit: 5 })
  expect(mine).toMatch(/Index Scan Backward using visits_g1_\w+ .*Index Cond: \("userId:text" = /)
  expect(mine).not.toMatch(/Seq Scan/)
  const cheap = await planOf(indexed, { where: { 'price.amount': { lt: 10 } } })
  expect(cheap).toMatch(/Index Scan .*"price.amount:number" < /)
  const some = await planOf(indexed, { where: { userId: { in: ['u1', 'u2'] } } })
  expect(some).toMatch(/Index Scan .*"userId:text" = ANY/)
})

test('an index that is declared later is added to what is there, while it is read and written', async () => {
  const plain = model('late', visits)
  const generation = await published(plain, manyVisits)
  const indexed = model('late', visits, { indexes: [['userId']] })
  const query: Query = { where: { userId: 'u7' }, limit: 100 }
  expect(await planOf(indexed, query)).toMatch(/Seq Scan/)
  let done = false
  const reader = async () => {
    while (!done) expect((await store.find(indexed, query)).total).toBe(20)
  }
  const writer = async () => {
    while (!done) await put(generation, { 0: manyVisits['0'] })
  }
  const adding = store.create({ ...generation, projection: indexed }).finally(() => (done = true))
  await Promise.all([adding, reader(), reader(), writer()])
  await fresh.database.query('ANALYZE read.late_g1')
  expect(await planOf(indexed, query)).toMatch(/Index Scan .*"userId:text" = /)
  expect((await postgresDocuments(fresh.database).find(indexed, query)).total).toBe(20)
})

const indexesOf = async (table: string): Promise<readonly string[]> => {
  const rows = await fresh.database.query<{ on: string }>({
    text: `SELECT regexp_replace(indexdef, '.* USING ', '') AS on
      FROM pg_indexes WHERE schemaname = 'read' AND tablename = $1 ORDER BY 1`,
    values: [table],
  })
  return rows.map((row) => row.on)
}

const indexNamesOf = async (table: string): Promise<readonly string[]> => {
  const rows = await fresh.database.query<{ name: string }>({
    text: `SELECT indexname AS name FROM pg_indexes WHERE schemaname = 'read' AND tablename = $1`,
    values: [table],
  })
  return rows.map(({ name }) => name)
}

test('an index that is no longer declared is dropped from what is there, and nothing else', async () => {
  const declaring = (...indexes: string[][]) => model('fewer', visits, { indexes })
  const generation = await published(declaring(['userId', 'at'], ['status']), manyVisits)
  await fresh.database.query('CREATE INDEX by_hand ON read.fewer_g1 (doc)')
  const fewer = declaring(['status'])
  let done = false
  const reader = async () => {
    while (!done) {
      const { total } = await store.find(fewer, { where: { userId: 'u7', status: 'A' } })
      expect(total).toBe(20)
    }
  }
  const creating = store.create({ ...generation, projection: fewer }).finally(() => (done = true))
  await Promise.all([creating, reader()])
  const left = ['btree ("status:text")', 'btree (doc)', 'btree (key)']
  expect(await indexesOf('fewer_g1')).toStrictEqual(left)
  // Older code names the column still, and brings its index back.
  const older = declaring(['userId', 'at'], ['status'])
  const query: Query = { where: { userId: 'u7' }, sort: ['at'] }
  expect((await postgresDocuments(fresh.database).find(older, query)).total).toBe(20)
  await store.create({ ...generation, projection: older })
  expect((await indexesOf('fewer_g1')).length).toBe(4)
  const newer = model('fewer', visits, { version: 2, indexes: [] })
  await store.create({ ...generation, projection: newer })
  expect((await indexesOf('fewer_g1')).length).toBe(4)
})

test('a table that lacks nothing is left alone; one that lacks an index, its record or itself is made whole', async () => {
  const declared = model('whole', visits, { indexes: [['userId', 'at']] })
  const generation = await published(declared, manyVisits)
  let transactions = 0
  const counted = postgresDocuments({
    ...fresh.database,
    transaction: (work) => {
      transactions += 1
      return fresh.database.transaction(work)
    },
  })
  const costOf = async (projection = declared): Promise<number> => {
    transactions = 0
    await counted.create({ ...generation, projection })
    return transactions
  }
  expect(await costOf()).toBe(0)
  await fresh.database.query('CREATE INDEX by_hand_too ON read.whole_g1 (doc)')
  expect(await costOf()).toBe(0)

  await fresh.database.query(
    `DROP INDEX read."${(await indexNamesOf('whole_g1')).find((name) => /_[0-9a-f]{8}$/.test(name))}"`,
  )
  expect([await costOf(), await costOf()]).toEqual([1, 0])
  const more = model('whole', visits, { indexes: [['userId', 'at'], ['status']] })
  expect([await costOf(more), await costOf(more)]).toEqual([1, 0])
  // One too many.
  expect([await costOf(), await costOf()]).toEqual([1, 0])

  await fresh.database.query(`DELETE FROM agora.generations WHERE name = 'whole'`)
  expect([await costOf(), await costOf()]).toEqual([1, 0])
  await fresh.database.query('DROP TABLE read.whole_g1 CASCADE')
  expect([await costOf(), await costOf()]).toEqual([1, 0])
  expect(await counted.has(generation)).toBe(true)
})

test('an update that changes no indexed field touches no index', async () => {
  const indexed = model('touched', visits, { indexes: [['userId', 'at']] })
  // Statistics are told by the connection that has them.
  const database = openDatabase(fresh.url, { connections: 1 })
  const alone = postgresDocuments(database)
  const generation = await alone.begin(indexed)
  const few = Object.entries(manyVisits).slice(0, 100)
  const paid = few.map(([key, visit]) => [key, { ...visit, status: 'B' }])
  await put(generation, Object.fromEntries(few), alone)
  await put(generation, Object.fromEntries(paid), alone)
  const statistics = `SELECT n_tup_upd::int AS updates, n_tup_hot_upd::int AS hot
    FROM pg_stat_user_tables WHERE relname = 'touched_g1'`
  await expect
    .poll(async () => {
      await database.query('SELECT pg_stat_force_next_flush()')
      return database.query<{ updates: number; hot: number }>(statistics)
    })
    .toEqual([{ updates: 100, hot: expect.toSatisfy((hot: number) => hot >= 15) }])
  await database.close()
})

test('a long query of an analyst delays a switch, but no reader of Agora', async () => {
  const busy = model('busy', { id: Type.String() })
  await published(busy, { a: { id: 'old' } })
  const next = await store.begin(busy)
  await put(next, { a: { id: 'new' } })
  const analyst = await fresh.database.connect()
  await analyst.query('BEGIN')
  await analyst.query('SELECT * FROM busy')
  let switched = false
  const publishing = store.publish(next).finally(() => (switched = true))
  const waiting = `SELECT FROM pg_locks JOIN pg_class ON oid = relation
    WHERE relname = 'busy' AND relnamespace = 'public'::regnamespace AND NOT granted`
  await expect.poll(() => fresh.database.query(waiting)).toHaveLength(1)
  expect(await store.get(busy, 'a')).toStrictEqual({ id: 'old' })
  await expect.poll(() => fresh.database.query(waiting)).toHaveLength(0)
  expect(switched).toBe(false)
  await analyst.query('COMMIT')
  await analyst.close()
  await publishing
  expect(await store.get(busy, 'a')).toStrictEqual({ id: 'new' })
})

test('a name that cannot be a table is refused', async () => {
  for (const name of ['Orders', 'order-lines', '', 'x"; DROP', 'a'.repeat(49)])
    await expect(store.begin(model(name, { id: Type.String() }))).rejects.toThrow(/cannot name/)
})

test('everything says so when PostgreSQL is away', async () => {
  const away = openDatabase('postgres://nobody@127.0.0.1:1/none')
  const lost = postgresDocuments(away)
  const things = model('things', { id: Type.String() }, { indexes: [['id']] })
  const generation = { projection: things, generation: 1, store: 'postgres' } as const
  const batch = { from: 0n, to: 1n, upserts: new Map([['a', {}]]), deletes: [] }
  const attempts = [
    () => lost.begin(things),
    () => lost.create(generation),
    () => lost.drop(generation),
    () => lost.publish(generation),
    () => lost.live(things),
    () => lost.generations('things'),
    () => lost.compare(generation, generation, { limit: 1 }),
    () => lost.position(generation),
    () => lost.positions(['things']),
    () => lost.load(generation, ['a']),
    () => lost.write(generation, batch),
    () => lost.advance([{ generation, from: 0n, to: 1n }]),
    () => lost.get(things, 'a'),
    () => lost.find(things, { where: { id: 'a' } }),
  ]
  for (const attempt of attempts) await expect(attempt).rejects.toThrow(Unavailable)
  await away.close()
})

test('a batch is written or not, whatever happens to the connection', async () => {
  const counted = model('counted', { n: Type.Integer() })
  const generation = await store.begin(counted)
  const database = openDatabase(fresh.url, { connections: 2 })
  const writer = postgresDocuments(database)
  const killWriters = () =>
    fresh.database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND query LIKE '%WITH moved%' AND pid <> pg_backend_pid()`,
    )
  let lost = 0
  let position = 0n
  for (let round = 1; lost < 5 || position < 50n; round += 1) {
    const n = Number(position) + 1
    const upserts = new Map(Array.from({ length: 50 }, (_, key) => [`${key}`, { n }] as const))
    const batch = { from: position, to: position + 1n, upserts, deletes: [] }
    const writing = writer.write(generation, batch).then(
      (written) => expect.assert(written),
      (error) => {
        expect.assert(error instanceof Unavailable, String(error))
        lost += 1
      },
    )
    // Every second batch only: on a slow machine none would ever be written otherwise.
    const killing = round % 2 === 0 ? killWriters() : undefined
    await Promise.all([writing, killing])
    position = await store.position(generation)
    const documents = await store.load(generation, [...upserts.keys()])
    const seen = new Set([...documents.values()].map((document) => (document as { n: number }).n))
    expect([...seen]).toStrictEqual(position === 0n ? [] : [Number(position)])
  }
  await database.close()
})

test('few of the sets of generations that are written together are prepared on a connection', async () => {
  const database = openDatabase(fresh.url, { connections: 1 })
  const alone = postgresDocuments(database)
  const generations: Generation[] = []
  for (let nth = 0; nth < 6; nth += 1)
    generations.push(await alone.begin(model(`grouped_${nth}`, { id: Type.String() })))
  const at = generations.map(() => 0n)
  const write = async (set: number) => {
    const batches = generations.flatMap((generation, nth) => {
      if ((set & (1 << nth)) === 0) return []
      const from = at[nth]!
      at[nth] = from + 1n
      return [{ generation, from, to: from + 1n, upserts: new Map([['a', {}]]), deletes: [] }]
    })
    expect.assert(await alone.writeAll(batches))
  }
  const prepared = async () => {
    const [row] = await database.query<{ count: number }>({
      text: `SELECT count(*)::int FROM pg_prepared_statements WHERE statement LIKE '%AS it JOIN move%'`,
      isImpatient: true,
    })
    return row?.count
  }
  for (let set = 1; set < 64; set += 1) await write(set)
  expect(await prepared()).toBe(0)
  for (let nth = 0; nth < 20; nth += 1) await write(63)
  expect(await prepared()).toBe(1)
  for (let set = 1; set < 64; set += 1) for (let nth = 0; nth < 20; nth += 1) await write(set)
  expect(await prepared()).toBe(20)
  await database.close()
})

test('what follows from the log does not wait for the disk', async () => {
  await using apart = await freshDatabase({ waits: true })
  const documents = postgresDocuments(apart.database)
  const generation = await documents.begin(model('unhurried', { id: Type.String() }))
  const commits = await watchCommits(apart.database, 'agora.generations')
  const upserts = new Map([['a', { id: 'a' }]])
  expect.assert(await documents.write(generation, { from: 0n, to: 1n, upserts, deletes: [] }))
  expect.assert(
    await documents.write(generation, { from: 1n, to: 2n, upserts: new Map(), deletes: ['a'] }),
  )
  expect(await documents.advance([{ generation, from: 2n, to: 3n }])).toStrictEqual([true])
  expect.assert(await documents.writeAll([{ generation, from: 3n, to: 4n, upserts, deletes: [] }]))
  expect(await commits()).toStrictEqual(['off', 'off', 'off', 'off'])
})
