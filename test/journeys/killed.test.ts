import { expect, test } from 'vitest'
import { shortLease, startAgora, temporaryData } from '../support/agora.ts'
import { assertBooksAgree } from '../support/books.ts'
import { placeOrders, sendAgain, type Sent } from '../support/load.ts'
import { allSettled } from '../support/shop.ts'
import { until } from '../support/until.ts'

/** Most cards pay; some are declined, unavailable for a while, or slow. */
const cardOf = (number: number): string =>
  number % 50 === 7
    ? 'tok_slow'
    : number % 10 === 3
      ? 'tok_declined'
      : number % 10 === 5
        ? 'tok_unavailable'
        : 'tok_ok'

test('kill -9 of everything, during many orders, three times: every order that was acknowledged settles, and nobody pays twice', async () => {
  await using data = await temporaryData()
  const delivered: Record<string, number> = {}
  const acknowledged: string[] = []
  const unanswered: Sent[] = []
  let credentials

  const first = await startAgora(data.path, shortLease)
  {
    await using agora = first
    const ada = await agora.shop.register('ada')
    credentials = ada
    const lamp = await agora.shop.sell(90, 1999, 'Lamp')
    const chair = await agora.shop.sell(1_000, 5000, 'Chair')
    Object.assign(delivered, { [lamp]: 90, [chair]: 1_000 })
    const load = placeOrders(ada, (number) => [{ [lamp]: 1, [chair]: 2 }, cardOf(number)], {
      atOnce: 32,
      total: 90,
    })
    // In the middle of accepting orders.
    await until(
      () => load.acknowledged().length,
      (count) => count >= 30,
      { every: 1 },
    )
    await agora.kill()
    await load.over
    expect(load.statuses().get(500)).toBeUndefined()
    acknowledged.push(...load.acknowledged())
    unanswered.push(...load.sent.filter(({ reply }) => reply?.status !== 202))
    expect(unanswered.length).toBeGreaterThan(0)
  }
  const [, chair = ''] = Object.keys(delivered)
  {
    await using agora = await startAgora(data.path, shortLease)
    const ada = await agora.shop.signIn(credentials)
    const load = placeOrders(ada, (number) => [{ [chair]: 1 }, cardOf(number)], {
      atOnce: 32,
      total: 60,
    })
    await load.over
    expect(load.statuses()).toEqual(new Map([[202, 60]]))
    acknowledged.push(...load.acknowledged())
    // All orders are accepted; stock is being reserved, and cards are being charged.
    await agora.kill()
  }
  {
    await using agora = await startAgora(data.path, shortLease)
    const ada = await agora.shop.signIn(credentials)
    const confirmed = async () =>
      (await ada.call('GET', '/orders?status=CONFIRMED&limit=1')).body.data.total
    const open = async () =>
      (await ada.call('GET', '/orders?status=PENDING&limit=1')).body.data.total
    const before = await confirmed()
    // While the work of the killed processes is resumed; on a busy machine that may have ended already.
    await until(
      async () => [await confirmed(), await open()] as const,
      ([now, left]) => now > before || left === 0,
      { every: 5 },
    )
    await agora.kill()
  }
  await using agora = await startAgora(data.path, shortLease)
  const ada = await agora.shop.signIn(credentials)
  // A retry of an unanswered request results in one order, whether the first attempt was recorded or not.
  acknowledged.push(...(await sendAgain(ada, unanswered)))
  expect(new Set(acknowledged).size).toBe(150)
  const orders = await allSettled(ada, { among: acknowledged })
  expect(orders).toHaveLength(150)
  expect(new Set(orders.map(({ status }) => status))).toEqual(new Set(['CONFIRMED', 'REJECTED']))
  await assertBooksAgree({ shop: agora.shop, data: data.path }, orders, delivered)

  // Each user gets a welcome and one notification per order, once per channel.
  await expect
    .poll(async () => {
      const { body } = await ada.call('GET', `/notifications/user/${ada.id}?limit=1`)
      return body.data.total
    })
    .toBe(2 + 2 * orders.length)
  const { call: admin } = await agora.shop.admin()
  expect((await admin('GET', '/admin/dead-letters')).body.data.deadLetters).toEqual([])
})
