import { expect, test } from 'vitest'
import { ledgerOf, startAgora, temporaryData } from '../support/agora.ts'
import { until } from '../support/until.ts'

test('kill -9 of everything while cards are charged whose orders were called off: the money goes back', async () => {
  await using data = await temporaryData()
  let credentials
  const ids: string[] = []
  {
    await using agora = await startAgora(data.path)
    const ada = (credentials = await agora.shop.register('ada'))
    const lamp = await agora.shop.sell(10)
    for (let n = 0; n < 6; n += 1) ids.push(await ada.buy({ [lamp]: 1 }, 'tok_slow'))
    // The provider has the money; its answer is on the way for two seconds.
    const charged = async () => (await ledgerOf(data.path)).charges.size
    await until(charged, (count) => count > 0, { every: 5 })
    await Promise.all(
      ids.map(async (id) => {
        const { status } = await ada.call('POST', `/orders/${id}/cancel`, { reason: 'changed' })
        expect(status).toBe(200)
      }),
    )
    await until(
      async () => (await ada.call('GET', '/payments?status=VOIDED&limit=1')).body.data.total,
      (voided) => voided > 0,
      { every: 5 },
    )
    await agora.kill()
  }
  await using agora = await startAgora(data.path)
  const ada = await agora.shop.signIn(credentials)
  const { charges, balance } = await until(
    () => ledgerOf(data.path),
    (ledger) => ledger.balance === 0,
  )
  expect(charges.size).toBeGreaterThan(0)
  expect(balance).toBe(0)
  await until(
    async () => (await ada.call('GET', '/payments?status=REFUNDED&limit=1')).body.data.total,
    (refunded) => refunded === charges.size,
  )
  for (const id of ids) expect((await ada.settled(id)).status).toBe('CANCELLED')
  const { call: admin } = await agora.shop.admin()
  expect((await admin('GET', '/admin/dead-letters')).body.data.deadLetters).toEqual([])
}, 240_000)
