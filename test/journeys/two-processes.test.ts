import { io } from 'socket.io-client'
import { expect, test } from 'vitest'
import { projections } from '../../src/projections/index.ts'
import { sagas } from '../../src/sagas/index.ts'
import { startAgora, temporaryData, type Env } from '../support/agora.ts'
import { assertBooksAgree } from '../support/books.ts'
import { placeOrders } from '../support/load.ts'
import type { TestDatabase } from '../support/postgres.ts'
import { freshRedis, hasRedis, needsRedis } from '../support/redis.ts'
import { allSettled, basketOf, callAt } from '../support/shop.ts'
import { startedDatabase } from '../support/started-template.ts'
import { until } from '../support/until.ts'

/** Followers that one process runs at a time. */
const leased = [
  ...projections.map(({ name }) => `projection:${name}`),
  ...sagas({ orderTimeout: 1 }).map(({ name }) => `saga:${name}`),
]

/** The connections that hold the leases of these followers; PostgreSQL grants each lock once (`platform/messaging/leases/postgres.ts`). */
const holdersOf = async ({ database }: TestDatabase): Promise<ReadonlyMap<string, number>> => {
  const rows = await database.query<{ name: string; pid: number }>({
    text: `SELECT name, pid FROM unnest($1::text[]) AS name
      JOIN pg_locks ON (classid::bigint << 32 | objid::bigint) = hashtextextended(name, 4711)
      JOIN pg_database d ON d.oid = database AND d.datname = current_database()
      WHERE locktype = 'advisory' AND granted`,
    values: [leased],
  })
  return new Map(rows.map(({ name, pid }) => [name, pid]))
}

/** A socket that gets the messages about a user's orders. */
const listenAt = async (url: string, token: string) => {
  const socket = io(`${url}/orders`, { auth: { token }, forceNew: true })
  const confirmed = new Set<string>()
  const steps = new Set<string>()
  const twice: string[] = []
  socket.on('order:status', ({ orderId, status }: { orderId: string; status: string }) => {
    if (status === 'CONFIRMED') confirmed.add(orderId)
  })
  socket.on('order:saga-step', ({ orderId, position }: { orderId: string; position: string }) => {
    const step = `${orderId} ${position}`
    if (steps.has(step)) twice.push(step)
    steps.add(step)
  })
  await until(
    () => socket.connected,
    (connected) => connected,
  )
  return { socket, confirmed, twice }
}

/** Two processes share all stores, and one of them is killed. @returns messages that were pushed twice */
const together = async (env: Env): Promise<readonly string[]> => {
  await using database = await startedDatabase()
  await using data = await temporaryData()
  const both = { POSTGRES_URL: database.url, ...env }
  await using one = await startAgora(data.path, both)
  const before = await until(
    () => holdersOf(database),
    (holders) => holders.size === leased.length,
  )
  expect(new Set(before.values()).size).toBe(1)
  const [runner] = before.values()
  await using other = await startAgora(data.path, both)

  const ada = await one.shop.register('ada')
  const lamp = await one.shop.sell(1_000)
  const [atOne, atOther] = [one, other].map(({ url }) => callAt(url, ada.token))
  const place = async (call = atOther) => {
    const reply = await call?.('POST', '/orders', basketOf({ [lamp]: 1 }))
    expect(reply?.status).toBe(202)
    return { id: String(reply?.body.data.id), position: String(reply?.body.meta.position) }
  }
  const hearing = [await listenAt(one.url, ada.token), await listenAt(other.url, ada.token)]

  // Both accept orders, push those of the other, and read what was just written through the other.
  for (let round = 0; round < 5; round++)
    for (const [here, there] of [
      [atOne, atOther],
      [atOther, atOne],
    ]) {
      const { id, position } = await place(here)
      const read = await there?.('GET', `/orders/${id}?minPosition=${position}`)
      expect(read).toMatchObject({ status: 200, body: { data: { id } } })
      for (const { confirmed } of hearing)
        await until(
          () => confirmed.has(id),
          (isConfirmed) => isConfirmed,
        )
    }
  // The first process runs all followers, and none runs in both.
  expect(await holdersOf(database)).toEqual(before)

  // Work in flight at the kill continues in the other process.
  const underWay = await Promise.all(
    Array.from({ length: 20 }, (_, n) => place(n % 2 ? atOne : atOther)),
  )
  await one.kill()
  const killedAt = performance.now()
  await until(
    () => holdersOf(database),
    (holders) => holders.size === leased.length && holders.values().every((pid) => pid !== runner),
  )
  const { id } = await place()
  await until(
    async () => (await atOther?.('GET', `/orders/${id}`))?.body.data.status,
    (status) => status === 'CONFIRMED',
  )
  console.log(`Taken over within ${Math.round(performance.now() - killedAt)} ms`)
  for (const { id: left } of underWay)
    await until(
      async () => (await atOther?.('GET', `/orders/${left}`))?.body.data.status,
      (status) => status === 'CONFIRMED',
    )
  expect(await other.shop.stockOf(lamp)).toMatchObject({ quantity: 1_000 - 31, reserved: 0 })
  await expect.poll(() => hearing[1]?.confirmed.size).toBe(31)
  for (const { socket } of hearing) socket.disconnect()
  // Each process pushes events of the log to its own sockets only.
  return hearing.flatMap(({ twice }) => twice)
}

test('two processes on one PostgreSQL both serve, each follower runs in one, and after a kill the other takes over', async () =>
  expect(await together({})).toEqual([]))

test.skipIf(!hasRedis)(`so they do with a Redis${needsRedis}`, async () => {
  await using redis = await freshRedis()
  expect(await together({ REDIS_URL: redis.url })).toEqual([])
})

test('a hung process loses its leases to another, and its stale writes change nothing when it resumes', async () => {
  await using database = await startedDatabase()
  await using data = await temporaryData()
  const both = { POSTGRES_URL: database.url }
  await using one = await startAgora(data.path, both)
  const before = await until(
    () => holdersOf(database),
    (holders) => holders.size === leased.length,
  )
  const [hung] = before.values()
  await using other = await startAgora(data.path, both)
  const ada = await other.shop.signIn(await one.shop.register('ada'))
  const pieces = 100_000
  const lamp = await other.shop.sell(pieces)
  const orderOf = async (id: string) => (await ada.call('GET', `/orders/${id}`)).body.data

  const load = placeOrders(ada, () => [{ [lamp]: 1 }, 'tok_ok'], { atOnce: 2 })
  await until(
    () => load.acknowledged().length,
    (count) => count > 5,
    { every: 5 },
  )
  // Stopped in the middle of its work: the process lives, and its connections are open.
  one.child.kill('SIGSTOP')
  const hungAt = performance.now()
  const since = () => Math.round(performance.now() - hungAt)
  // Its locks do not block the appends of others.
  const id = await ada.buy({ [lamp]: 1 })
  console.log(`An order was taken after ${since()} ms`)
  await load.stop()
  await until(
    () => orderOf(id),
    ({ status }) => status === 'CONFIRMED',
  )
  console.log(`The other confirmed it after ${since()} ms`)
  const after = await until(
    () => holdersOf(database),
    (holders) => holders.size === leased.length && holders.values().every((pid) => pid !== hung),
  )
  console.log(`The other runs all of it after ${since()} ms`)

  one.child.kill('SIGCONT')
  for (const { url } of [one, other])
    await until(
      async () => (await fetch(`${url}/health/ready`)).status,
      (status) => status === 200,
    )
  // The resumed process serves again, and does not take its leases back.
  const last = await (await one.shop.signIn(ada)).buy({ [lamp]: 1 })
  const among = [...load.acknowledged(), id, last]
  const orders = await allSettled(ada, { among })
  expect(orders).toHaveLength(among.length)
  expect(new Set(orders.map(({ status }) => status))).toEqual(new Set(['CONFIRMED']))
  await assertBooksAgree({ shop: other.shop, data: database.url }, orders, { [lamp]: pieces })
  expect(await holdersOf(database)).toEqual(after)
  // The welcome and each order, once per channel.
  await expect
    .poll(async () => {
      const { body } = await ada.call('GET', `/notifications/user/${ada.id}?limit=1`)
      return body.data.total
    })
    .toBe(2 + 2 * orders.length)
  const { call: admin } = await other.shop.admin()
  expect((await admin('GET', '/admin/dead-letters')).body.data.deadLetters).toEqual([])
})
