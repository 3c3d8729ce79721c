import { once } from 'node:events'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { startApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import {
  agoraHere,
  runMain,
  startAgora,
  temporaryData,
  usual,
  type AgoraHere,
  type Env,
} from '../support/agora.ts'
import { assertBooksAgree } from '../support/books.ts'
import { buying } from '../support/buying.ts'
import { serveLogHere, startLogServer } from '../support/log-server.ts'
import { freshDatabase } from '../support/postgres.ts'
import { allSettled, shopAt } from '../support/shop.ts'
import { until } from '../support/until.ts'

/** An Agora whose log is served from another PostgreSQL. The test with kills below runs it in a process of its own. */
const agoraOnEventStore = async (env: Env = {}): Promise<AgoraHere> => {
  await using starting = new AsyncDisposableStack()
  const far = starting.use(await freshDatabase())
  const server = starting.use(await serveLogHere(far.url))
  const agora = starting.use(await agoraHere({ ...env, EVENTSTORE_URL: server.url }))
  const everything = starting.move()
  return { ...agora, [Symbol.asyncDispose]: () => everything.disposeAsync() }
}

buying('EventStoreDB', agoraOnEventStore)

test('a log server that is killed and restarted repeatedly under load loses and duplicates nothing', async () => {
  await using far = await freshDatabase()
  await using near = await freshDatabase()
  await using data = await temporaryData()
  let server = await startLogServer(far.url)
  const { port, url } = server
  await using agora = await startAgora(data.path, { POSTGRES_URL: near.url, EVENTSTORE_URL: url })
  const { shop } = agora
  const lamp = await shop.sell(1_000)
  const crowd = await Promise.all([shop.register(), shop.register(), shop.register()])

  let open = true
  const bought: string[] = []
  const boughtBy = crowd.map((): string[] => [])
  const statuses = new Set<number>()
  const buyers = crowd.map(async (person, nth) => {
    for (let n = 0; open; n++) {
      // A client that retries until it has an answer; the same key means the same order.
      const key = `order-${nth}-${n}`
      const reply = await until(
        () => person.order({ [lamp]: 1 }, 'tok_ok', { 'idempotency-key': key }),
        ({ status }) => {
          statuses.add(status)
          return status === 202
        },
      )
      bought.push(reply.body.data.id)
      boughtBy[nth]?.push(reply.body.data.id)
    }
  })
  for (let round = 1; round <= 3; round++) {
    await until(
      () => bought.length,
      (orders) => orders >= round * 15,
    )
    await server.kill()
    await until(
      () => fetch(`${agora.url}/health/ready`),
      ({ status }) => status === 503,
    )
    server = await startLogServer(far.url, port)
  }
  await until(
    () => bought.length,
    (orders) => orders >= 60,
  )
  open = false
  await Promise.all(buyers)

  const orders = (
    await Promise.all(
      crowd.map((person, nth) => allSettled(person, { among: boughtBy[nth] ?? [] })),
    )
  ).flat()
  expect(orders.map(({ id }) => id).toSorted()).toEqual(bought.toSorted())
  expect(orders.filter(({ status }) => status !== 'CONFIRMED')).toEqual([])
  await assertBooksAgree({ shop, data: near.url }, orders, { [lamp]: 1_000 })
  expect([...statuses].filter((status) => ![202, 409, 503].includes(status))).toEqual([])
  await agora.stop()
  await server[Symbol.asyncDispose]()
})

test('a start with another log than the read models follow fails, and changes nothing', async () => {
  await using far = await freshDatabase()
  await using other = await freshDatabase()
  await using near = await freshDatabase()
  await using data = await temporaryData()
  await using server = await serveLogHere(far.url)
  await using otherServer = await serveLogHere(other.url)
  const on = (url: string): Env => ({ POSTGRES_URL: near.url, EVENTSTORE_URL: url })
  const startHere = (url: string) =>
    startApp(readConfig({ ...usual, AGORA_DATA: data.path, ...on(url) }), {
      postgresUrl: near.url,
      logger: pino({ level: 'silent' }),
    })

  {
    await using first = await startHere(server.url)
    await shopAt(first.url).sell(1)
  }
  for (const url of [otherServer.url, '']) {
    const { child, output } = runMain(data.path, on(url))
    if (child.exitCode === null) await once(child, 'close')
    expect(child.exitCode).toBe(1)
    expect(output()).toMatch(/have followed the event log in esdb:.*agora copy --from.*--switch/s)
  }
  await using again = await startHere(server.url)
  expect(await shopAt(again.url).anyone('GET', '//health/ready')).toMatchObject({ status: 200 })
})
