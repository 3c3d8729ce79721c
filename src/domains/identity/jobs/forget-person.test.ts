import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { identityWorld, type HttpWorld } from '../../../../test/support/http.ts'
import { jobPorts } from '../../../../test/support/job-ports.ts'
import { asId, derivedId } from '#kernel'
import { newId } from '#kernel/testing'
import { notification, notificationIdOf, welcomeIdOf } from '../../notifications/language.ts'
import { order } from '../../ordering/language.ts'
import { payment, paymentIdOf } from '../../payments/language.ts'
import { follow, followIdOf, profile } from '../../profiles/language.ts'
import { NotificationId, OrderId, ProductId, RefundId, UserId } from '../../shared/index.ts'
import { follows, notifications, profiles } from '../../../projections/index.ts'
import { memoryEventReaders } from '../../../platform/storage/event-readers/memory.ts'
import { memoryQueue } from '../../../platform/messaging/queue/memory.ts'
import { workOnJobs } from '../../../runtime/dispatch.ts'
import type { Eraser } from '../../../serving/erase.ts'
import { boundJob } from '../../../serving/job.ts'
import { forgetPerson } from './forget-person.ts'

let world: HttpWorld
beforeAll(async () => {
  world = await identityWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

const origin = () => {
  const commandId = randomUUID()
  return { commandId, actorId: 'test', correlationId: commandId }
}

test('the data of a user are erased in every context, once for repeated requests', async () => {
  const { readModels, deps, someone } = world
  const [gone, friend] = [await someone('gone'), await someone('friend')]
  const [userId, friendId] = [asId(UserId, gone.id), asId(UserId, friend.id)]
  const tell = (to: UserId, number: number) =>
    deps.executor.execute(
      notification,
      derivedId(NotificationId, to, String(number)),
      {
        type: 'RequestNotification',
        data: { userId: to, channel: 'in_app', type: 'news', subject: 'News', text: 'Some' },
      },
      origin(),
    )
  const meet = (followerId: UserId, followeeId: UserId) =>
    deps.executor.execute(
      follow,
      followIdOf(followerId, followeeId),
      { type: 'FollowUser', data: { followerId, followeeId } },
      origin(),
    )
  await tell(friendId, 0)
  // More than one query returns.
  for (let number = 0; number < 130; number += 1) {
    await tell(userId, number)
    await meet(derivedId(UserId, 'fan', String(number)), userId)
  }
  await meet(userId, friendId)
  await meet(derivedId(UserId, 'fan', '0'), friendId)
  await gone.call('DELETE', `/users/${gone.id}`)

  const { run } = boundJob(forgetPerson, jobPorts(world))
  const once = origin()
  await run({ userId }, once)
  await run({ userId }, once)
  await run({ userId }, origin())

  const left = async (where: Record<string, string>) =>
    (await readModels.find(follows, { where })).total
  await readModels.fold()
  expect(await left({ followerId: userId })).toBe(0)
  expect(await left({ followeeId: userId })).toBe(0)
  expect(await left({ followeeId: friendId })).toBe(1)
  const told = async (to: string) =>
    (await readModels.find(notifications, { where: { userId: to } })).total
  expect([await told(gone.id), await told(friend.id)]).toEqual([0, 1])
  expect((await readModels.get(profiles, gone.id)).document).toBeUndefined()
  expect((await deps.executor.stateOf(profile, userId)).state).toEqual({
    status: 'deleted',
    forgotten: true,
  })
  const events = await deps.log.read(`profile-${gone.id}`, { from: 0, limit: 100 })
  expect(events.filter(({ type }) => type === 'UserForgotten')).toMatchObject([
    {
      data: {
        counts: {
          ordering: { addresses: 0 },
          profiles: { follows: 131 },
          notifications: { notifications: 130 },
        },
      },
    },
  ])
})

test('a context that fails to erase is retried with the job, and the erasure is recorded only after that', async () => {
  const { id, call } = await world.someone('forgotten-late')
  const userId = asId(UserId, id)
  await call('DELETE', `/users/${id}`)
  const reported = async () => {
    const events = await world.deps.log.read(`profile-${id}`, { from: 0, limit: 100 })
    return events.flatMap(({ type, data }) => (type === 'UserForgotten' ? [data] : []))
  }
  const erased: {
    readonly context: string
    readonly commandId: string
    readonly reported: number
  }[] = []
  let failures = 2
  const eraser = (context: string): Eraser => ({
    context,
    erase: async ({ origin: { commandId } }) => {
      erased.push({ context, commandId, reported: (await reported()).length })
      if (context === 'reviews' && failures-- > 0) throw new Error('The store of reviews is away')
      return { awaited: 0, counts: { [context === 'reviews' ? 'reviews' : 'sessions']: 3 } }
    },
  })
  const erasers = [eraser('reviews'), eraser('identity')]
  const queue = memoryQueue()
  const worker = await workOnJobs(
    [boundJob({ ...forgetPerson, options: { backoff: 1 } }, jobPorts(world, { erasers }))],
    () => queue,
    () => undefined,
    memoryEventReaders(),
  )
  const asked = { data: { userId }, correlationId: randomUUID(), causationId: randomUUID() }
  await queue.add(forgetPerson.name, [{ id: asked.causationId, data: [asked] }])
  await expect
    .poll(reported)
    .toEqual([{ counts: { reviews: { reviews: 3 }, identity: { sessions: 3 } } }])
  await worker.stop()
  expect(erased.map(({ context }) => context)).toEqual([
    'reviews',
    'reviews',
    'reviews',
    'identity',
  ])
  expect(new Set(erased.map(({ commandId }) => commandId)).size).toBe(1)
  expect(erased.map((one) => one.reported)).toEqual([0, 0, 0, 0])
})

describe('a user who leaves with orders', () => {
  const price = { amount: 500, currency: 'EUR' }
  const item = { kind: 'product' as const, name: 'Lamp', quantity: 1, price }
  const shippingAddress = { line1: '1 Main St', city: 'Bath', postalCode: 'BA1', country: 'GB' }

  const ordering = async (userId: UserId, ...moves: readonly ('MarkPaid' | 'ConfirmOrder')[]) => {
    const { executor } = world.deps
    const id = newId(OrderId)
    const items = [{ ...item, refId: newId(ProductId) }]
    const data = { userId, items, shippingAddress, paymentToken: 'tok_ok' }
    await executor.execute(order, id, { type: 'PlaceOrder', data }, origin())
    const bill = { orderId: id, userId, amount: price, token: 'tok_ok' }
    const paymentId = paymentIdOf(id)
    await executor.execute(payment, paymentId, { type: 'RequestPayment', data: bill }, origin())
    for (const type of moves) {
      const receipt = { provider: 'simulator', providerRef: 'ch_1', attempt: 1 }
      const paid = { type: 'CompletePayment' as const, data: receipt }
      if (type === 'MarkPaid') await executor.execute(payment, paymentId, paid, origin())
      const command =
        type === 'MarkPaid' ? { type, data: { paymentId } } : { type, data: {} as const }
      await executor.execute(order, id, command, origin())
    }
    return id
  }

  const shown = async (id: OrderId) => (await world.deps.executor.stateOf(order, id)).state
  const stands = async (userId: UserId) =>
    (await world.deps.executor.stateOf(profile, userId)).state
  const leave = async (name: string) => {
    const one = await world.someone(name)
    const userId = asId(UserId, one.id)
    return { userId, go: () => one.call('DELETE', `/users/${userId}`) }
  }

  test('is not charged for unpaid ones, and erased once the others are shipped', async () => {
    const { userId, go } = await leave('buyer-gone')
    const { executor } = world.deps
    const unpaid = await ordering(userId)
    const paid = await ordering(userId, 'MarkPaid')
    const confirmed = await ordering(userId, 'MarkPaid', 'ConfirmOrder')
    await world.readModels.fold()
    const { status, body, headers } = await go()
    expect([status, body.data.orders.calledOff, body.data.orders.toShip.toSorted()]).toEqual([
      202,
      [unpaid],
      [paid, confirmed].toSorted(),
    ])
    expect([headers['set-cookie']].flat()).toHaveLength(2)

    const { run } = boundJob(forgetPerson, jobPorts(world))
    await run({ userId }, origin())
    expect(await shown(unpaid)).toMatchObject({ status: 'CANCELLED', addressed: false })
    expect(await shown(paid)).toMatchObject({ status: 'PAID', addressed: true })
    expect(await shown(confirmed)).toMatchObject({ status: 'CONFIRMED', addressed: true })
    expect(await stands(userId)).toMatchObject({ forgotten: false })

    const ship = { type: 'ShipOrder' as const, data: {} }
    await executor.execute(order, confirmed, ship, origin())
    expect(await shown(confirmed)).toMatchObject({ status: 'SHIPPED', addressed: false })
    await run({ orderId: confirmed }, origin())
    expect(await stands(userId)).toMatchObject({ forgotten: false })

    const owed = await executor.stateOf(payment, paymentIdOf(paid))
    if (owed.state.status !== 'completed') throw new Error(owed.state.status)
    const refundId = derivedId(RefundId, paid, 'refund')
    const data = { orderId: paid, refundId, amount: owed.state.amount, reason: 'buyer_left' }
    const refund = { type: 'RefundPayment' as const, data }
    await executor.execute(payment, paymentIdOf(paid), refund, origin())
    await run({ orderId: paid }, origin())
    expect(await shown(paid)).toMatchObject({ status: 'PAID', addressed: false })
    expect(await stands(userId)).toMatchObject({ forgotten: true })
    const events = await world.deps.log.read(`profile-${userId}`, { from: 0, limit: 100 })
    // Of all three, whenever that was.
    expect(events.at(-1)).toMatchObject({
      type: 'UserForgotten',
      data: { counts: { ordering: { addresses: 3 } } },
    })
  })

  test('is erased without waiting, on request', async () => {
    const { userId, go } = await leave('buyer-hastened')
    const id = await ordering(userId, 'MarkPaid', 'ConfirmOrder')
    await go()
    const { run } = boundJob(forgetPerson, jobPorts(world))
    await run({ userId }, origin())
    expect(await stands(userId)).toMatchObject({ forgotten: false })
    const insist = { type: 'ForgetAtOnce' as const, data: {} }
    await world.deps.executor.execute(profile, userId, insist, origin())
    await run({ userId }, origin())
    expect(await shown(id)).toMatchObject({ addressed: false })
    expect(await stands(userId)).toMatchObject({ forgotten: true })
  })

  test('gets no more notifications, even by late requests', async () => {
    const { executor, log } = world.deps
    const { userId, go } = await leave('buyer-late')
    const id = await ordering(userId, 'MarkPaid', 'ConfirmOrder')
    await go()
    await boundJob(forgetPerson, jobPorts(world)).run({ userId }, origin())
    for (const channel of ['in_app', 'email'] as const)
      for (const one of [
        notificationIdOf(id, 'order_confirmed', channel),
        welcomeIdOf(userId, channel),
      ]) {
        const data = { userId, channel, type: 'late', subject: 'Late', text: 'Late' }
        await executor.execute(notification, one, { type: 'RequestNotification', data }, origin())
        const events = await log.read(`notification-${one}`, { from: 0, limit: 10 })
        expect(events.map(({ type }) => type)).toEqual(['NotificationForgotten'])
      }
  })

  test('is not a user who stays: their orders start no erasure', async () => {
    const { id } = await world.someone('buyer-here')
    const orderId = await ordering(asId(UserId, id), 'MarkPaid', 'ConfirmOrder')
    const { run } = boundJob(forgetPerson, jobPorts(world))
    await run({ orderId }, origin())
    await run({ orderId: newId(OrderId) }, origin())
    expect(await shown(orderId)).toMatchObject({ status: 'CONFIRMED', addressed: true })
  })
})
