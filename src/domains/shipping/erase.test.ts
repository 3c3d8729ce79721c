import { expect, test } from 'vitest'
import { httpWorld } from '../../../test/support/http.ts'
import { move, originOfSaga, place, smallShop } from '../../../test/support/small-shop.ts'
import { notification, notificationIdOf } from '../notifications/language.ts'
import type { OrderId, UserId } from '../shared/index.ts'
import { erase } from './erase.ts'

test('the numbers, words and notifications of the shipments of a person are erased, once', async () => {
  await using world = await httpWorld()
  const { executor } = world.deps
  const { admin, buyer, productId } = await smallShop(world)
  const other = await world.someone('otto')
  const sent = async ({ call }: Pick<typeof buyer, 'call'>) => {
    const orderId: OrderId = (await place(call, productId)).body.data.id
    await move(executor, orderId as never, 'ConfirmStock', 'ConfirmOrder')
    const body = { orderId, method: 'standard', tracking: 'X1' }
    const { id } = (await admin('POST', '/shipping/shipments', body)).body.data
    const report = { status: 'DISPATCHED', note: 'at the mill' }
    expect((await admin('PUT', `/shipping/shipments/${id}/status`, report)).status).toBe(200)
    return { id, orderId }
  }
  const [hers, his] = [await sent(buyer), await sent(other)]

  const erasing = { userId: buyer.id as UserId, hastened: false, origin: originOfSaga() }
  for (const _ of [1, 2])
    expect(
      await erase(erasing, { executor, readModels: world.readModels, blobs: world.deps.blobs }),
    ).toEqual({
      awaited: 0,
      counts: { shipments: 1 },
    })
  await world.readModels.fold()
  const shown = async (id: string) => (await admin('GET', `/shipping/shipments/${id}`)).body.data
  const gone = await shown(hers.id)
  expect([gone.status, gone.tracking, gone.note]).toEqual(['DISPATCHED', undefined, undefined])
  expect(await shown(his.id)).toMatchObject({ tracking: 'X1', note: 'at the mill' })

  const late = { type: 'RequestNotification' as const }
  const news = { type: 'order_delivered', subject: 'It is there', text: 'It has arrived.' }
  for (const [{ orderId }, person, status] of [
    [hers, buyer, 'forgotten'],
    [his, other, 'pending'],
  ] as const) {
    const id = notificationIdOf(orderId, 'order_delivered', 'in_app')
    const data = { userId: person.id as UserId, channel: 'in_app' as const, orderId, ...news }
    await executor.execute(notification, id, { ...late, data }, originOfSaga())
    const { state } = await executor.stateOf(notification, id)
    expect(state.status === 'forgotten').toBe(status === 'forgotten')
  }
})
