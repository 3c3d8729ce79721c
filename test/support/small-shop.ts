import { expect } from 'vitest'
import { derivedUuid } from '#kernel'
import { order } from '../../src/domains/ordering/language.ts'
import type { Executor } from '../../src/runtime/execution.ts'
import type { Call, HttpWorld } from './http.ts'

/** The product of a small shop. */
export const lamp = {
  name: 'Lamp',
  description: 'Gives light',
  category: 'lighting',
  price: { amount: 1999, currency: 'EUR' },
}

/** A shop with an admin, a buyer and a lamp. */
export const smallShop = async (world: HttpWorld) => {
  const admin = (await world.someone('root', 'admin')).call
  const buyer = await world.someone('ada')
  const product = await admin('POST', '/products', lamp)
  return { admin, buyer, productId: String(product.body.data.id), product }
}

/** An order of a product. @param token the card it is paid with */
export const basketWith = (refId: string, quantity = 2, token = 'tok_ok') => ({
  items: [{ kind: 'product', refId, quantity }],
  paymentMethod: { token },
})

/** Orders a product. @returns the answer, which took the order */
export const place = async (call: Call, refId: string, quantity = 2) => {
  const reply = await call('POST', '/orders', basketWith(refId, quantity))
  expect(reply.status, reply.text).toBe(202)
  return reply
}

let sent = 0

/** The origin of a command of a saga or a job. */
export const originOfSaga = () => {
  const commandId = derivedUuid('test', String((sent += 1)))
  return { commandId, actorId: 'test', correlationId: commandId }
}

/** Sends an order the commands of its saga; it is paid before it is confirmed. */
export const move = async (
  { execute }: Executor,
  id: never,
  ...commands: ('ConfirmStock' | 'ConfirmOrder')[]
) => {
  for (const type of commands) {
    if (type === 'ConfirmOrder')
      await execute(order, id, { type: 'MarkPaid', data: { paymentId: id } }, originOfSaga())
    await execute(order, id, { type, data: {} }, originOfSaga())
  }
}
