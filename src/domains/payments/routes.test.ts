import { expect, test } from 'vitest'
import { httpWorld } from '../../../test/support/http.ts'
import { move, originOfSaga, place, smallShop } from '../../../test/support/small-shop.ts'
import { payment } from './language.ts'

test('an unpaid order can be paid by its exact total', async () => {
  await using world = await httpWorld()
  const { admin, buyer, productId } = await smallShop(world)
  const { body } = await place(buyer.call, productId)
  const { id: orderId, total } = body.data
  const pay = (change: object) =>
    buyer.call('POST', '/payments', {
      orderId,
      method: { token: 'tok_ok' },
      amount: total,
      ...change,
    })

  const wrong = await pay({ amount: { amount: 1, currency: 'EUR' } })
  expect(wrong.status).toBe(400)
  expect(wrong.body.errors[0].field).toBe('amount')
  expect((await buyer.call('GET', `/payments/order/${orderId}`)).body.data.payments.length).toBe(0)

  const paid = await pay({})
  expect(paid.status, paid.text).toBe(202)
  const { id } = paid.body.data
  expect(paid.body.data).toStrictEqual({ id, orderId, status: 'PENDING', amount: total })
  expect((await pay({ method: { token: 'tok_other' } })).body.meta.position).toBe(
    paid.body.meta.position,
  )

  const { executor } = world.deps
  const receipt = { provider: 'simulator', providerRef: 'ref-1', attempt: 1 }
  await executor.execute(payment, id, { type: 'CompletePayment', data: receipt }, originOfSaga())
  const read = await buyer.call('GET', String(paid.headers.location))
  expect(read.body.data.status).toBe('COMPLETED')
  expect(read.body.data.providerRef).toBe('ref-1')
  expect.assert(!read.text.includes('tok_ok'))
  const ofOrder = await buyer.call('GET', `/payments/order/${orderId}`)
  expect(ofOrder.body.data.payments).toStrictEqual([read.body.data])
  const mine = await buyer.call('GET', '/payments?status=COMPLETED')
  expect(mine.body.data.total).toBe(1)
  expect((await buyer.call('GET', '/payments?status=FAILED')).body.data.total).toBe(0)

  await move(executor, orderId as never, 'ConfirmStock', 'ConfirmOrder')
  const again = await pay({})
  expect(again.status).toBe(409)
  expect(again.body.code).toBe('not_payable')

  const refund = await admin('POST', `/payments/${id}/refund`, { reason: 'broken' })
  expect(refund.status).toBe(202)
  expect(refund.body.data).toStrictEqual({ id, orderId, status: 'REFUND_PENDING', amount: total })
})

test('only charged money can be refunded', async () => {
  await using world = await httpWorld()
  const { admin, buyer, productId } = await smallShop(world)
  const { body } = await place(buyer.call, productId)
  const { id: orderId, total } = body.data
  const paid = await buyer.call('POST', '/payments', {
    orderId,
    method: { token: 'tok_ok' },
    amount: total,
  })
  const refund = await admin('POST', `/payments/${paid.body.data.id}/refund`, {})
  expect(refund.status).toBe(409)
  expect(refund.body.code).toBe('not_completed')
})
