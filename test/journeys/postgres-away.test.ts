import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { startAgora, temporaryData } from '../support/agora.ts'
import { assertBooksAgree } from '../support/books.ts'
import { placeOrders, sendAgain } from '../support/load.ts'
import { allSettled } from '../support/shop.ts'
import { until } from '../support/until.ts'

test('PostgreSQL is killed three times under load: requests get 503 with Retry-After meanwhile, and nothing acknowledged is lost', async () => {
  await using data = await temporaryData()
  await using agora = await startAgora(data.path)
  const ada = await agora.shop.register('ada')
  const lamp = await agora.shop.sell(100_000)

  const readiness: number[] = []
  let watching = true
  const watch = (async () => {
    while (watching) {
      const { status } = await agora.shop.anyone('GET', '//health/ready')
      if (status !== readiness.at(-1)) readiness.push(status)
      await pause(10)
    }
  })()
  const load = placeOrders(ada, () => [{ [lamp]: 1 }, 'tok_ok'], { atOnce: 8 })
  const taken = () => load.acknowledged().length
  // PostgreSQL may be back between two probes; one more kill then shows that readiness turns 503.
  for (let round = 0; round < 3 || !readiness.includes(503); round++) {
    const before = taken()
    await until(taken, (now) => now > before + 10)
    expect(await agora.killPostgres()).toBe(true)
    const waiting = load.statuses().get(503) ?? 0
    await until(
      () => load.statuses().get(503) ?? 0,
      (now) => now > waiting,
    )
  }
  const last = taken()
  await until(taken, (now) => now > last + 10)
  await load.stop()
  await until(
    () => readiness.at(-1),
    (status) => status === 200,
  )
  watching = false
  await watch

  expect(agora.exitCode()).toBe(null)
  expect(new Set(load.statuses().keys())).toEqual(new Set([202, 503]))
  for (const { reply } of load.sent.filter(({ reply }) => reply?.status === 503)) {
    expect(reply?.body).toMatchObject({ code: expect.stringMatching(/unavailable|not_caught_up/) })
    expect(reply?.headers['retry-after']).toMatch(/^\d+$/)
  }
  expect(new Set(readiness)).toEqual(new Set([200, 503]))

  // A retry with the same key returns one order, whether the first attempt was recorded or not.
  const again = await sendAgain(ada, load.sent)
  const before = load.sent.map(({ reply }, index) =>
    reply?.status === 202 ? reply.body.data.id : again[index],
  )
  expect(again).toEqual(before)
  const ids = new Set(again)
  expect(ids.size).toBe(load.sent.length)

  const orders = await allSettled(ada, { among: ids })
  expect(orders).toHaveLength(ids.size)
  expect(new Set(orders.map(({ status }) => status))).toEqual(new Set(['CONFIRMED']))
  await assertBooksAgree({ shop: agora.shop, data: data.path }, orders, { [lamp]: 100_000 })
})

test('while PostgreSQL is down, Agora is live and not ready, and answers 503; then it recovers by itself', async () => {
  await using data = await temporaryData()
  await using agora = await startAgora(data.path)
  const ada = await agora.shop.register('ada')
  const lamp = await agora.shop.sell(10)
  // Agora restarts PostgreSQL each time; repeated kills keep it down.
  let away = true
  const keepAway = (async () => {
    while (away) {
      await agora.killPostgres()
      await pause(10)
    }
  })()
  const ready = () => agora.shop.anyone('GET', '//health/ready')
  const down = await until(ready, ({ status }) => status === 503)
  expect(down.body).toMatchObject({
    code: 'not_ready',
    errors: [{ field: 'postgres', message: expect.any(String) }],
  })
  expect((await agora.shop.anyone('GET', '//health/live')).status).toBe(200)
  expect((await agora.shop.anyone('GET', '//metrics')).status).toBe(200)
  expect((await agora.shop.anyone('GET', '//docs/openapi.json')).status).toBe(200)
  const replies = await Promise.all([
    ada.order({ [lamp]: 1 }),
    ada.call('GET', '/orders'),
    agora.shop.anyone('GET', '/products'),
    agora.shop.anyone('POST', '/auth/login', { email: ada.email, password: ada.password }),
    agora.shop.anyone('POST', '/auth/register', {
      email: 'bob@example.org',
      username: 'bob',
      password: 'a long password',
    }),
  ])
  expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 503))
  // Invalid requests are still rejected with their errors.
  expect((await ada.order({ [lamp]: -1 })).status).toBe(400)

  away = false
  await keepAway
  await until(ready, ({ status }) => status === 200)
  expect((await ada.settled(await ada.buy({ [lamp]: 1 }))).status).toBe('CONFIRMED')
})
