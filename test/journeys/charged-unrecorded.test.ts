import { expect, test } from 'vitest'
import { ledgerOf, shortLease, startAgora, temporaryData } from '../support/agora.ts'
import { until } from '../support/until.ts'

test('kill -9 of everything while cards of cancelled orders are charged: the money is refunded', async () => {
  await using data = await temporaryData()
  let credentials
  const ids: string[] = []
  const cancelled = new Set<string>()
  {
    await using agora = await startAgora(data.path, shortLease)
    const ada = (credentials = await agora.shop.register('ada'))
    const lamp = await agora.shop.sell(10)
    const cart = { [lamp]: 1 }
    ids.push(...(await Promise.all(Array.from({ length: 6 }, () => ada.buy(cart, 'tok_slow')))))
    // The provider has taken the money; its answer takes two seconds.
    const charged = async () => (await ledgerOf(data.path)).charges.size
    await until(charged, (count) => count > 0, { every: 5 })
    await Promise.all(
      ids.map(async (id) => {
        // On a slow machine, some are confirmed by now.
        const { status } = await ada.call('POST', `/orders/${id}/cancel`, { reason: 'changed' })
        if (status === 200) cancelled.add(id)
      }),
    )
    expect(cancelled.size).toBeGreaterThan(0)
    await until(
      async () => (await ada.call('GET', '/payments?status=VOIDED&limit=1')).body.data.total,
      (voided) => voided > 0,
      { every: 5 },
    )
    await agora.kill()
  }
  await using agora = await startAgora(data.path, shortLease)
  const ada = await agora.shop.signIn(credentials)
  const orders = await Promise.all(ids.map(ada.settled))
  for (const { id, status } of orders)
    expect(status).toBe(cancelled.has(id) ? 'CANCELLED' : 'CONFIRMED')
  // Only the confirmed orders are paid in the end.
  const owed = (ids.length - cancelled.size) * 1999
  const { charges } = await until(
    () => ledgerOf(data.path),
    (ledger) => ledger.balance === owed,
  )
  const taken = charges.size - (ids.length - cancelled.size)
  expect(taken).toBeGreaterThan(0)
  await until(
    async () => (await ada.call('GET', '/payments?status=REFUNDED&limit=1')).body.data.total,
    (refunded) => refunded === taken,
  )
  const { call: admin } = await agora.shop.admin()
  expect((await admin('GET', '/admin/dead-letters')).body.data.deadLetters).toEqual([])
})
