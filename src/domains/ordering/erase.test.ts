import { afterAll, beforeAll, expect, test } from 'vitest'
import { asId } from '#kernel'
import { gigStall } from '../../../test/support/gig-stall.ts'
import { httpWorld, type HttpWorld } from '../../../test/support/http.ts'
import { originOfSaga } from '../../../test/support/small-shop.ts'
import { orders } from '../../projections/index.ts'
import { notification, notificationIdOf } from '../notifications/language.ts'
import { paymentIdOf } from '../payments/language.ts'
import { OrderId, UserId } from '../shared/index.ts'
import { erase } from './erase.ts'
import { gigOrder, type Party } from './language.ts'

let world: HttpWorld
let ada: Awaited<ReturnType<HttpWorld['someone']>>
let gigId: string
beforeAll(async () => {
  world = await httpWorld()
  ;({ seller: ada, gigId } = await gigStall(world))
})
afterAll(() => world[Symbol.asyncDispose]())

/** Orders Ada's gig; its money is held, and it is delivered. @returns its id */
const delivered = async (buyer: typeof ada): Promise<OrderId> => {
  const reply = await buyer.call('POST', '/orders', {
    items: [{ kind: 'gig', refId: gigId, package: 'Basic', quantity: 1 }],
    requirements: 'A heron',
    paymentMethod: { token: 'tok_ok' },
  })
  expect(reply.status, reply.text).toBe(202)
  const id = asId(OrderId, reply.body.data.id)
  const start = { type: 'StartGigOrder' as const, data: { paymentId: paymentIdOf(id) } }
  await world.deps.executor.execute(gigOrder, id, start, originOfSaga())
  const answer = await ada.call('POST', `/orders/${id}/deliver`, { message: 'Here it is' })
  expect(answer.status, answer.text).toBe(200)
  return id
}

const erasing = (person: typeof ada) => {
  const { executor, readModels, blobs } = world.deps
  const whom = { userId: asId(UserId, person.id), hastened: false, origin: originOfSaga() }
  return erase(whom, { executor, readModels, blobs })
}

const orderOf = async (id: OrderId) => {
  await world.readModels.fold()
  return (await world.readModels.get(orders, id)).document
}

/** Whether a notification of a party can no longer be requested. */
const isForgotten = async (id: OrderId, side: Party, type: string, ...cause: string[]) => {
  const of = notificationIdOf(id, type, 'email', side, ...cause)
  return (await world.deps.executor.stateOf(notification, of)).state.status === 'forgotten'
}

test('orders of gigs end as a party leaves; their words go, and the notifications of them', async () => {
  const bob = await world.someone('bob')
  const id = await delivered(bob)
  const first = await erasing(bob)
  expect(first).toEqual({ awaited: 0, counts: { addresses: 0, ordersOfGigs: 1 } })
  expect(await erasing(bob)).toEqual(first)
  const ofAda = await orderOf(id)
  expect(ofAda?.work).toMatchObject({ deliveries: [{ message: 'Here it is' }] })
  expect(ofAda?.work).not.toHaveProperty('requirements')
  expect(ofAda?.work).toHaveProperty('acceptedAt')
  for (const [type, ...cause] of [
    ['gig_accepted'],
    ['gig_cancelled'],
    ['gig_delivered', '1'],
    ['gig_overdue', '1'],
    ['gig_cancellation_proposed', '1'],
  ] as const)
    expect(await isForgotten(id, 'buyer', type, ...cause), type).toBe(true)
  expect(await isForgotten(id, 'seller', 'gig_completed')).toBe(false)

  const eve = await world.someone('eve')
  const other = await delivered(eve)
  const sold = await erasing(ada)
  expect(sold).toEqual({ awaited: 0, counts: { addresses: 0, ordersOfGigs: 2 } })
  const ofEve = await orderOf(other)
  expect(JSON.stringify(ofEve)).not.toMatch(/Here it is|A logo|Basic/)
  expect(ofEve?.work?.requirements).toBe('A heron')
  for (const type of ['gig_completed', 'gig_cancelled', 'gig_ordered'])
    expect(await isForgotten(other, 'seller', type), type).toBe(true)
  expect(await isForgotten(other, 'buyer', 'gig_accepted')).toBe(false)
})
