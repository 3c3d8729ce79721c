import { describe, expect, test } from 'vitest'
import type { Projection } from '#kernel'
import { newId } from '#kernel/testing'
import { messagesOf, letIn, someUser, socketWorld } from '../../../test/support/sockets.ts'
import { GigId, OrderId, type UserId } from '../shared/index.ts'
import type { Query } from '../../platform/storage/documents/port.ts'
import { Unavailable } from '../../platform/unavailable.ts'
import { payment, paymentIdOf } from '../payments/language.ts'
import { orders, payments } from '../../projections/index.ts'
import type { RealtimeDependencies } from '../../edges/sockets/index.ts'
import { originOfSaga } from '../../../test/support/small-shop.ts'
import { gigOrder } from './language.ts'

type Status = { orderId: string; status: string; position: string; reason?: string }
/** A feed without events. */
const quiet: RealtimeDependencies['feed']['next'] = (_, { signal }) =>
  new Promise((__, reject) => signal.addEventListener('abort', () => reject(signal.reason)))

const patient = { timeout: 120_000 }
const statusesOf = (messages: readonly { status: string }[]) => messages.map(({ status }) => status)

describe('a subscription to an order', () => {
  test('gets its statuses until it is confirmed, its payment and the steps of the saga', async () => {
    await using world = await socketWorld()
    const ann = someUser()
    const lamp = await world.sell(1)
    const socket = world.connect('/orders', world.tokenOf(ann))
    const told = messagesOf<Status>(socket, 'order:status')
    const paid = messagesOf<Status & { paymentId: string }>(socket, 'payment:status')
    const steps = messagesOf<{ orderId: string; step: string }>(socket, 'order:saga-step')
    const orderId = await world.buy(ann, lamp)
    const answer = await socket.emitWithAck('order:subscribe', { orderId: orderId.toUpperCase() })
    expect(answer).toMatchObject({ ok: true, status: expect.stringMatching(/PENDING|STOCK/) })
    expect(answer.position).toMatch(/^\d+$/)

    const paymentId = await world.pay(orderId)
    await expect.poll(() => told.at(-1)?.status, patient).toBe('CONFIRMED')
    await expect.poll(() => steps.at(-1)?.step, patient).toBe('OrderSagaCompleted')
    expect(paid.at(-1)).toMatchObject({ orderId, paymentId, status: 'COMPLETED' })
    expect(told.every((message) => message.orderId === orderId)).toBe(true)
    expect(Object.keys(told.at(-1)!).toSorted()).toEqual(['orderId', 'position', 'status'])
    expect(steps.map(({ step }) => step)).toContain('OrderSagaStepCompleted')
  })

  test('gets each status and step after a position once and in order, then those that follow', async () => {
    await using world = await socketWorld()
    const orderId = await world.buy(someUser(), await world.sell(1))
    type Told = { readonly name: string; readonly position: string; readonly status?: string }
    const listen = async (afterPosition: string) => {
      const socket = world.connect('/orders', world.tokenOf(someUser(), 'admin'))
      const told: Told[] = []
      socket.onAny((name: string, message: Omit<Told, 'name'>) => {
        if (name !== 'payment:status') told.push({ name, ...message })
      })
      await letIn(socket)
      const asked = { orderId, afterPosition }
      const answer = await socket.emitWithAck('order:subscribe', asked)
      expect(answer).toMatchObject({ ok: true, position: afterPosition })
      return { told, socket }
    }
    const early = await listen('0')
    await world.pay(orderId)
    const isOver = ({ told }: { readonly told: readonly Told[] }) =>
      told.some(({ status }) => status === 'CONFIRMED')
    await expect.poll(() => isOver(early), patient).toBe(true)
    const late = await listen('0')
    await expect.poll(() => isOver(late), patient).toBe(true)
    for (const { told } of [early, late]) {
      const positions = told.map(({ position }) => BigInt(position))
      expect(positions).toEqual([...new Set(positions)].toSorted((a, b) => (a < b ? -1 : 1)))
    }
    const statuses = late.told.flatMap(({ status }) => status ?? [])
    expect(statuses).toEqual(['PENDING', 'STOCK_RESERVED', 'PAID', 'CONFIRMED'])
    const middle = late.told.findIndex(({ status }) => status === 'PAID')
    const rest = await listen(late.told[middle]!.position)
    await expect.poll(() => isOver(rest), patient).toBe(true)
    expect(rest.told.slice(0, 2)).toEqual(late.told.slice(middle + 1, middle + 3))
  })

  test('is possible right after it was placed, before the read model has it', async () => {
    const changes = ({ readModels, feed }: RealtimeDependencies) => ({
      // No event of the order was followed yet, and a query without waiting does not find it.
      feed: { head: feed.head, next: quiet },
      readModels: {
        ...readModels,
        get: async <D>(projection: Projection<D>, key: string, minPosition?: bigint) =>
          minPosition === undefined
            ? { document: undefined, position: 0n }
            : readModels.get(projection, key, minPosition),
      },
    })
    await using world = await socketWorld({ changes })
    const ann = someUser()
    const orderId = await world.buy(ann, await world.sell(1))
    const socket = world.connect('/orders', world.tokenOf(ann))
    expect(await socket.emitWithAck('order:subscribe', { orderId })).toMatchObject({ ok: true })
  })

  test('gets the reason of a rejection', async () => {
    await using world = await socketWorld()
    const ann = someUser()
    const lamp = await world.sell(1)
    const socket = world.connect('/orders', world.tokenOf(ann))
    const told = messagesOf<Status>(socket, 'order:status')
    await letIn(socket)
    const declined = await world.buy(ann, lamp)
    await world.pay(declined, 'declined')
    await expect
      .poll(() => told.find(({ status }) => status === 'REJECTED'), patient)
      .toMatchObject({ orderId: declined, reason: 'payment_declined' })
  })

  test('gets no more messages once it ended, unless the user owns the order', async () => {
    await using world = await socketWorld()
    const ann = someUser()
    const lamp = await world.sell(2)
    const admin = world.connect('/orders', world.tokenOf(someUser(), 'admin'))
    const told = messagesOf<Status>(admin, 'order:status')
    const [first, second] = [await world.buy(ann, lamp), await world.buy(ann, lamp)]
    for (const orderId of [first, second])
      expect(await admin.emitWithAck('order:subscribe', { orderId })).toMatchObject({ ok: true })
    expect(await admin.emitWithAck('order:unsubscribe', { orderId: first })).toEqual({ ok: true })
    const before = told.length
    await world.pay(first)
    await world.pay(second)
    await expect.poll(() => told.at(-1)?.status, patient).toBe('CONFIRMED')
    expect(new Set(told.slice(before).map(({ orderId }) => orderId))).toEqual(new Set([second]))
  })
})

describe("a user's orders", () => {
  test('are pushed to all their sockets only, each message once, without a subscription', async () => {
    await using world = await socketWorld()
    const ann = someUser()
    const lamp = await world.sell(1)
    const sockets = [ann, ann, someUser()].map((user) =>
      world.connect('/orders', world.tokenOf(user)),
    )
    const [phone, laptop, stranger] = sockets.map((socket) =>
      messagesOf<Status>(socket, 'order:status'),
    )
    const others = ['payment:status', 'order:saga-step'].map((name) =>
      messagesOf(sockets[2]!, name),
    )
    await Promise.all(sockets.map(letIn))
    const orderId = await world.buy(ann, lamp)
    await sockets[0]!.emitWithAck('order:subscribe', { orderId })
    await world.pay(orderId)
    await expect.poll(() => phone!.at(-1)?.status, patient).toBe('CONFIRMED')
    await expect.poll(() => laptop!.at(-1)?.status, patient).toBe('CONFIRMED')
    for (const told of [phone!, laptop!]) {
      const places = told.map(({ position, status }) => `${position} ${status}`)
      expect(places).toEqual([...new Set(places)])
    }
    expect([stranger, ...others].flat()).toEqual([])
  })

  test('are pushed also when they were placed before this process started', async () => {
    const saysWhose = new Set(['OrderPlaced', 'PaymentInitiated'])
    const changes = ({ feed }: RealtimeDependencies) => ({
      feed: {
        head: feed.head,
        next: async (...asked: Parameters<typeof feed.next>) => {
          const slice = await feed.next(...asked)
          return { ...slice, events: slice.events.filter(({ type }) => !saysWhose.has(type)) }
        },
      },
    })
    await using world = await socketWorld({ changes })
    const ann = someUser()
    const lamp = await world.sell(1)
    const socket = world.connect('/orders', world.tokenOf(ann))
    const told = messagesOf<Status>(socket, 'order:status')
    await letIn(socket)
    await world.pay(await world.buy(ann, lamp))
    await expect.poll(() => told.at(-1)?.status, patient).toBe('CONFIRMED')
  })

  test('cannot be subscribed to by other users except admins', async () => {
    await using world = await socketWorld()
    const orderId = await world.buy(someUser(), await world.sell(1))
    const [eve, admin] = [
      world.connect('/orders', world.tokenOf(someUser(), 'seller', 'analyst')),
      world.connect('/orders', world.tokenOf(someUser(), 'admin')),
    ]
    const overheard = messagesOf(eve, 'order:status')
    expect(await eve.emitWithAck('order:subscribe', { orderId })).toMatchObject({
      ok: false,
      code: 'forbidden',
    })
    expect(await admin.emitWithAck('order:subscribe', { orderId })).toMatchObject({ ok: true })
    const told = messagesOf<Status>(admin, 'order:status')
    await world.pay(orderId)
    await expect.poll(() => told.at(-1)?.status, patient).toBe('CONFIRMED')
    expect(overheard).toEqual([])
  })

  test('that do not exist are refused as such', async () => {
    await using world = await socketWorld()
    const socket = world.connect('/orders', world.tokenOf(someUser(), 'admin'))
    expect(await socket.emitWithAck('order:subscribe', { orderId: newId(OrderId) })).toMatchObject({
      ok: false,
      code: 'no_such_order',
    })
  })
})

describe('an order of a gig', () => {
  type World = Awaited<ReturnType<typeof socketWorld>>

  /** Places an order of a gig. @returns its id */
  const placeGig = async ({ execute }: World, userId: UserId, sellerId: UserId) => {
    const id = newId(OrderId)
    const data = {
      userId,
      sellerId,
      gigId: newId(GigId),
      title: 'A logo',
      package: 'Basic',
      price: { amount: 5_000, currency: 'EUR' },
      deliveryDays: 3,
      revisions: 1,
      paymentToken: 'tok_ok',
    }
    await execute(gigOrder, id, { type: 'PlaceGigOrder', data }, originOfSaga())
    return id
  }
  /** Records that its money is held, once the saga has requested that. */
  const hold = async ({ execute, log }: World, orderId: OrderId) => {
    const id = paymentIdOf(orderId)
    await expect.poll(() => log.read(`payment-${id}`, { limit: 1 }), patient).toHaveLength(1)
    const data = { provider: 'bank', providerRef: 'au_1', attempt: 1 }
    await execute(payment, id, { type: 'RecordAuthorisation', data }, originOfSaga())
  }

  test('is pushed to its buyer and its seller, without a subscription, and to nobody else', async () => {
    await using world = await socketWorld()
    const [bob, ada, eve] = [someUser(), someUser(), someUser()]
    const told = await Promise.all(
      [bob, ada, eve].map(async (user) => {
        const socket = world.connect('/orders', world.tokenOf(user))
        await letIn(socket)
        return messagesOf<Status>(socket, 'order:status')
      }),
    )
    const orderId = await placeGig(world, bob, ada)
    await hold(world, orderId)
    const [buyers, sellers, strangers] = told
    await expect.poll(() => buyers!.at(-1)?.status, patient).toBe('IN_PROGRESS')
    await expect.poll(() => sellers!.at(-1)?.status, patient).toBe('IN_PROGRESS')
    expect(strangers).toEqual([])
  })

  test('is subscribed to by its parties, who get what they have missed', async () => {
    await using world = await socketWorld()
    const [bob, ada, eve] = [someUser(), someUser(), someUser()]
    const orderId = await placeGig(world, bob, ada)
    await hold(world, orderId)
    const status = async () => (await world.readModels.get(orders, orderId)).document?.status
    await expect.poll(status, patient).toBe('IN_PROGRESS')
    const stranger = world.connect('/orders', world.tokenOf(eve))
    expect(await stranger.emitWithAck('order:subscribe', { orderId })).toMatchObject({
      ok: false,
      code: 'forbidden',
    })
    const seller = world.connect('/orders', world.tokenOf(ada))
    const told = messagesOf<Status>(seller, 'order:status')
    const steps = messagesOf<{ step: string }>(seller, 'order:saga-step')
    const asked = { orderId, afterPosition: '0' }
    expect(await seller.emitWithAck('order:subscribe', asked)).toMatchObject({ ok: true })
    await expect.poll(() => told.at(-1)?.status, patient).toBe('IN_PROGRESS')
    expect(statusesOf(told)).toContain('PENDING')
    await expect.poll(() => steps.map(({ step }) => step), patient).toContain('GigOrderSagaStarted')
  })
})

test('pushed changes are readable already', async () => {
  await using world = await socketWorld()
  const ann = someUser()
  const lamp = await world.sell(30)
  const socket = world.connect('/orders', world.tokenOf(ann))
  await letIn(socket)
  /** Progress of an order or a payment. */
  const along = ['PENDING', 'STOCK_RESERVED', 'PAID', 'COMPLETED', 'CONFIRMED']
  const checks: Promise<void>[] = []
  const confirmed = new Set<string>()
  socket.on('order:status', (told: Status) => {
    if (told.status === 'CONFIRMED') confirmed.add(told.orderId)
    // Without waiting for a position.
    const check = async () => {
      const { document, position } = await world.readModels.get(orders, told.orderId)
      expect(along.indexOf(document!.status)).toBeGreaterThanOrEqual(along.indexOf(told.status))
      expect(position).toBeGreaterThanOrEqual(BigInt(told.position))
    }
    checks.push(check())
  })
  socket.on('payment:status', (told: Status & { paymentId: string }) => {
    const check = async () => {
      const { document, position } = await world.readModels.get(payments, told.paymentId)
      expect(along.indexOf(document!.status)).toBeGreaterThanOrEqual(along.indexOf(told.status))
      expect(position).toBeGreaterThanOrEqual(BigInt(told.position))
    }
    checks.push(check())
  })
  await Promise.all(Array.from({ length: 30 }, async () => world.pay(await world.buy(ann, lamp))))
  await expect.poll(() => confirmed.size, patient).toBe(30)
  // At least one of each order, and of each payment, which may come later.
  await expect.poll(() => checks.length, patient).toBeGreaterThanOrEqual(60)
  await Promise.all(checks)
})

test('a disconnected client reconnects automatically, and misses nothing after subscribing again', async () => {
  await using world = await socketWorld()
  const ann = someUser()
  const lamp = await world.sell(1)
  const admin = world.connect('/orders', world.tokenOf(someUser(), 'admin'), {
    transports: ['websocket'],
  })
  const orderId = await world.buy(ann, lamp)
  const told: string[] = []
  admin.on('order:status', ({ status }: Status) => void told.push(status))
  admin.on('connect', () => {
    admin.emit('order:subscribe', { orderId }, ({ status }: Status) => void told.push(status))
  })
  await expect.poll(() => told.length, patient).toBeGreaterThan(0)
  admin.io.engine.close()
  await world.pay(orderId)
  await expect.poll(() => told.at(-1), patient).toBe('CONFIRMED')
})

test('a socket may have a thousand subscriptions, and another one after ending one', async () => {
  await using world = await socketWorld()
  const ann = someUser()
  const lamp = await world.sell(1)
  const ids = await Promise.all(Array.from({ length: 1_001 }, () => world.buy(ann, lamp)))
  const socket = world.connect('/orders', world.tokenOf(ann), { transports: ['websocket'] })
  const subscribe = (orderId: string) => socket.emitWithAck('order:subscribe', { orderId })
  const first = await Promise.all(ids.slice(0, 1_000).map(subscribe))
  expect(first.filter(({ ok }) => !ok)).toEqual([])
  expect(await subscribe(ids[1_000]!)).toMatchObject({ ok: false, code: 'too_many_subscriptions' })
  expect(await subscribe(ids[0]!)).toMatchObject({ ok: true })
  await socket.emitWithAck('order:unsubscribe', { orderId: ids[0] })
  expect(await subscribe(ids[1_000]!)).toMatchObject({ ok: true })
})

test('while the store is unavailable requests are refused, and changes are pushed afterwards', async () => {
  let away = false
  const changes = ({
    readModels: { get, find, search, reach },
    progress,
  }: RealtimeDependencies) => ({
    // As where the projection is run by another process.
    progress: { ...progress, cached: () => undefined },
    readModels: {
      get: async <D>(...asked: [Projection<D>, string, bigint?]) => {
        if (away) throw new Unavailable('The store is away')
        return get(...asked)
      },
      find: async <D>(...asked: [Projection<D>, Query, bigint?]) => {
        if (away) throw new Unavailable('The store is away')
        return find(...asked)
      },
      search,
      reach,
    },
  })
  await using world = await socketWorld({ changes })
  const ann = someUser()
  const lamp = await world.sell(1)
  const socket = world.connect('/orders', world.tokenOf(ann))
  const told = messagesOf<Status>(socket, 'order:status')
  await letIn(socket)
  const admin = world.connect('/orders', world.tokenOf(someUser(), 'admin'))
  const overheard = messagesOf<Status>(admin, 'order:status')
  await letIn(admin)
  away = true
  const orderId = await world.buy(ann, lamp)
  for (const client of [socket, admin])
    expect(await client.emitWithAck('order:subscribe', { orderId })).toMatchObject({
      ok: false,
      code: 'unavailable',
    })
  await world.pay(orderId)
  await expect.poll(() => world.written.length, patient).toBeGreaterThan(0)
  away = false
  await expect.poll(() => statusesOf(told).at(-1), patient).toBe('CONFIRMED')
  // Refused subscriptions do not exist.
  expect(overheard).toEqual([])
})
