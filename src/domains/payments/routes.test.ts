import assert from 'node:assert/strict'
import { test } from 'vitest'
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
  assert.equal(wrong.status, 400)
  assert.equal(wrong.body.errors[0].field, 'amount')
  assert.equal((await buyer.call('GET', `/payments/order/${orderId}`)).body.data.payments.length, 0)

  const paid = await pay({})
  assert.equal(paid.status, 202, paid.text)
  const { id } = paid.body.data
  assert.deepEqual(paid.body.data, { id, orderId, status: 'PENDING', amount: total })
  assert.equal(
    (await pay({ method: { token: 'tok_other' } })).body.meta.position,
    paid.body.meta.position,
  )

  const { executor } = world.deps
  const receipt = { provider: 'simulator', providerRef: 'ref-1', attempt: 1 }
  await executor.execute(payment, id, { type: 'CompletePayment', data: receipt }, originOfSaga())
  const read = await buyer.call('GET', String(paid.headers.location))
  assert.equal(read.body.data.status, 'COMPLETED')
  assert.equal(read.body.data.providerRef, 'ref-1')
  assert.ok(!read.text.includes('tok_ok'))
  const ofOrder = await buyer.call('GET', `/payments/order/${orderId}`)
  assert.deepEqual(ofOrder.body.data.payments, [read.body.data])
  const mine = await buyer.call('GET', '/payments?status=COMPLETED')
  assert.equal(mine.body.data.total, 1)
  assert.equal((await buyer.call('GET', '/payments?status=FAILED')).body.data.total, 0)

  await move(executor, orderId as never, 'ConfirmStock', 'ConfirmOrder')
  const again = await pay({})
  assert.equal(again.status, 409)
  assert.equal(again.body.code, 'not_payable')

  const refund = await admin('POST', `/payments/${id}/refund`, { reason: 'broken' })
  assert.equal(refund.status, 202)
  assert.deepEqual(refund.body.data, { id, orderId, status: 'REFUND_PENDING', amount: total })
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
  assert.equal(refund.status, 409)
  assert.equal(refund.body.code, 'not_completed')
})
