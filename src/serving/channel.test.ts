import { randomUUID } from 'node:crypto'
import { Type } from 'typebox'
import { describe, expect, test } from 'vitest'
import { Fields } from '#kernel'
import { newId } from '#kernel/testing'
import { declared } from '../../test/support/declared.ts'
import {
  messagesOf,
  letIn,
  someUser,
  socketWorld,
  type SocketWorld,
} from '../../test/support/sockets.ts'
import { asyncApi } from '../docs/async-api.ts'
import { contextMap } from '../docs/context-map.ts'
import { product } from '../domains/catalog/language.ts'
import { ProductId } from '../domains/shared/index.ts'
import { Unavailable } from '../platform/unavailable.ts'
import { products } from '../projections/index.ts'
import {
  ask,
  channel,
  openChannel,
  Position,
  refusal,
  request,
  subscription,
  tell,
  topic,
  unsubscription,
  welcome,
} from './channel.ts'

const patient = { timeout: 60_000 }

// A channel as a context declares it.

const ProductRef = Fields({ productId: ProductId })
const roomOf = ({ productId }: { productId: string }) => `price:${productId}`
const hidden = newId(ProductId)
const broken = newId(ProductId)

const prices = topic({
  projection: products,
  server: {
    'price:changed': tell(
      'The price of a product changed.',
      Fields({ productId: ProductId, amount: Type.Integer(), position: Position }),
      ['ProductPriceChanged'],
    ),
    'price:welcome': tell(
      'The number of products on sale, as a socket connects.',
      Fields({ onSale: Type.Integer(), position: Position }),
    ),
  },
  concerns: ({ id }, { audience }) => (audience.isIn(roomOf({ productId: id })) ? id : undefined),
  tells: ({ changes, position }) =>
    changes.map(({ document: { id: productId, price } }) => ({
      name: 'price:changed' as const,
      payload: { productId, amount: price.amount, position },
      to: roomOf({ productId }),
      unlessAnsweredIn: roomOf({ productId }),
    })),
})

const subscribing = {
  topic: prices,
  room: roomOf,
  mayEnter: async ({ productId }: { productId: string }) =>
    productId === hidden ? refusal('forbidden', 'This price is a secret.') : undefined,
}

const pricesChannel = channel({
  namespace: '/prices',
  about: 'What products cost, for sellers.',
  access: 'seller',
  topics: [prices],
  welcomes: [
    welcome({
      topic: prices,
      read: async ({ ports: { readModels }, minPosition }) => {
        const { total: onSale, position } = await readModels.find(
          products,
          { limit: 1 },
          minPosition,
        )
        return { onSale, position }
      },
      tell: ({ onSale, position }) => ({
        name: 'price:welcome',
        payload: { onSale, position: String(position) },
      }),
    }),
  ],
  client: {
    'price:subscribe': subscription(
      ask('Follow a price.', ProductRef, Fields({ amount: Type.Integer(), position: Position })),
      {
        ...subscribing,
        read: async ({ productId }, { ports: { readModels }, minPosition }) => {
          if (productId === broken) throw new Unavailable('The store is away')
          return readModels.get(products, productId, minPosition)
        },
        answer: ({ document, position }) =>
          document
            ? { ok: true, amount: document.price.amount, position: String(position) }
            : refusal('no_such_product', 'There is no such product.'),
      },
    ),
    'price:unsubscribe': unsubscription(ask('No longer follow a price.', ProductRef), roomOf),
    'price:whoami': request(
      ask('Who asks.', Fields({}), Fields({ id: Type.String(), onSale: Type.Integer() })),
      async (_, { caller, ports: { readModels } }) => {
        const { total: onSale } = await readModels.find(products, { limit: 1 })
        return { ok: true, id: caller.id, onSale }
      },
    ),
  },
})

const gone: string[] = []
const echoChannel = openChannel({
  namespace: '/echo',
  about: 'Says what it hears.',
  client: { 'echo:say': ask('Say this.', Fields({ text: Type.String() })) },
  server: { 'echo:said': tell('Said.', Fields({ text: Type.String(), by: Type.String() })) },
  open: (_, signal) => ({
    over: new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
    connected: ({ caller, disconnected, on, ready, tell: say }) => {
      disconnected.addEventListener('abort', () => gone.push(caller.id))
      on('echo:say', async ({ text }, reply) => {
        reply({ ok: true })
        await ready(disconnected)
        say('echo:said', { text, by: caller.id })
      })
    },
  }),
})

const channels = [pricesChannel, echoChannel]

const changePrice = async (world: SocketWorld, id: ProductId, amount: number) => {
  const data = { name: 'Lamp', price: { amount, currency: 'EUR' as const }, category: 'light' }
  const origin = { commandId: randomUUID(), actorId: 'seller', correlationId: randomUUID() }
  await world.execute(product, id, { type: 'UpdateProduct', data }, origin)
}

describe('a channel that a context declares', () => {
  test('answers its questions and pushes its topics to its rooms', async () => {
    await using world = await socketWorld({ channels })
    const [lamp, chair] = [await world.sell(1), await world.sell(1)]
    await world.readModels.reach(products, 'head')
    const seller = someUser()
    const socket = world.connect('/prices', world.tokenOf(seller, 'seller'))
    const welcomed = messagesOf(socket, 'price:welcome')
    const told = messagesOf(socket, 'price:changed')
    await letIn(socket)
    await expect
      .poll(() => welcomed, patient)
      .toEqual([{ onSale: 2, position: expect.stringMatching(/^\d+$/) }])
    expect(await socket.emitWithAck('price:whoami', {})).toEqual({
      ok: true,
      id: seller,
      onSale: 2,
    })
    for (const productId of [lamp, chair])
      expect(await socket.emitWithAck('price:subscribe', { productId })).toEqual({
        ok: true,
        amount: 1999,
        position: expect.stringMatching(/^\d+$/),
      })
    await changePrice(world, lamp, 2_500)
    await expect.poll(() => told.length, patient).toBe(1)
    expect(await socket.emitWithAck('price:unsubscribe', { productId: lamp })).toEqual({ ok: true })
    await changePrice(world, lamp, 3_000)
    await changePrice(world, chair, 100)
    await expect.poll(() => told.length, patient).toBe(2)
    expect(told).toMatchObject([
      { productId: lamp, amount: 2_500 },
      { productId: chair, amount: 100 },
    ])
  })

  test('refuses unauthenticated sockets and invalid payloads', async () => {
    await using world = await socketWorld({ channels })
    const connect = (token?: string) => letIn(world.connect('/prices', token))
    await expect(connect()).rejects.toMatchObject({ data: { code: 'unauthorized' } })
    await expect(connect(world.tokenOf(someUser(), 'buyer'))).rejects.toMatchObject({
      data: { code: 'forbidden' },
      message: 'Only for people with the role seller.',
    })
    const admin = world.connect('/prices', world.tokenOf(someUser(), 'admin'))
    await letIn(admin)
    expect(await admin.emitWithAck('price:subscribe', {})).toEqual({
      ok: false,
      code: 'invalid_request',
      message: 'productId is required.',
    })
    expect(await admin.emitWithAck('price:subscribe', { productId: hidden })).toMatchObject({
      code: 'forbidden',
    })
    await expect(letIn(world.connect('/', world.tokenOf(someUser())))).rejects.toThrow(
      'Connect to /prices or /echo.',
    )
  })

  test('does not subscribe a socket whose question was refused or failed', async () => {
    await using world = await socketWorld({ channels })
    const lamp = await world.sell(1)
    const socket = world.connect('/prices', world.tokenOf(someUser(), 'seller'))
    const told = messagesOf<{ productId: string }>(socket, 'price:changed')
    const missing = newId(ProductId)
    for (const [productId, code] of [
      [missing, 'no_such_product'],
      [broken, 'unavailable'],
      [hidden, 'forbidden'],
    ])
      expect(await socket.emitWithAck('price:subscribe', { productId })).toMatchObject({ code })
    await socket.emitWithAck('price:subscribe', { productId: lamp })
    for (const id of [missing, broken, hidden]) {
      const price = { amount: 1, currency: 'EUR' as const }
      const data = { name: 'Chair', price, category: 'seat' }
      const origin = { commandId: randomUUID(), actorId: 'seller', correlationId: randomUUID() }
      await world.execute(product, id, { type: 'CreateProduct', data }, origin)
      await changePrice(world, id, 2)
    }
    await changePrice(world, lamp, 5)
    await expect.poll(() => told.length, patient).toBeGreaterThan(0)
    expect(told).toMatchObject([{ productId: lamp }])
  })

  test('excludes from a push the sockets that it answered during the push', async () => {
    const [pushing, answered] = [
      Promise.withResolvers<void>(),
      Promise.withResolvers<void>(),
    ] as const
    const held = topic({
      ...prices,
      tells: async (changes, context) => {
        pushing.resolve()
        await answered.promise
        return prices.tells(changes, context)
      },
    })
    const follow = ask('Follow a price.', ProductRef, Fields({ position: Position }))
    const slow = channel({
      namespace: '/slow',
      about: 'Prices, slowly.',
      topics: [held],
      client: {
        'price:subscribe': subscription(follow, {
          topic: held,
          room: roomOf,
          read: ({ productId }, { ports: { readModels }, minPosition }) =>
            readModels.get(products, productId, minPosition),
          answer: ({ position }) => ({ ok: true, position: String(position) }),
        }),
      },
    })
    await using world = await socketWorld({ channels: [slow] })
    const productId = await world.sell(1)
    const [early, late] = [1, 2].map(() => world.connect('/slow', world.tokenOf(someUser())))
    const [first, second] = [early!, late!].map((socket) => messagesOf(socket, 'price:changed'))
    await early!.emitWithAck('price:subscribe', { productId })
    await changePrice(world, productId, 1)
    await pushing.promise
    expect(await late!.emitWithAck('price:subscribe', { productId })).toMatchObject({ ok: true })
    answered.resolve()
    await expect.poll(() => first, patient).toMatchObject([{ amount: 1 }])
    await changePrice(world, productId, 2)
    await expect.poll(() => first, patient).toMatchObject([{ amount: 1 }, { amount: 2 }])
    await expect.poll(() => second, patient).toMatchObject([{ amount: 2 }])
  })

  test('may handle each connection itself', async () => {
    await using world = await socketWorld({ channels })
    const user = someUser()
    const socket = world.connect('/echo', world.tokenOf(user))
    const said = messagesOf(socket, 'echo:said')
    expect(await socket.emitWithAck('echo:say', { text: 'Hello' })).toEqual({ ok: true })
    await expect.poll(() => said, patient).toEqual([{ text: 'Hello', by: user }])
    expect(await socket.emitWithAck('echo:say', { text: 1 })).toMatchObject({
      code: 'invalid_request',
    })
    expect(gone).not.toContain(user)
    socket.disconnect()
    await expect.poll(() => gone, patient).toContain(user)
  })

  test('is documented', () => {
    const sockets = Object.fromEntries(channels.map((one) => [one.namespace, one]))
    const servers = { sockets: 'localhost:1', log: 'localhost:2' }
    const document = asyncApi({ ...declared, sockets }, servers)
    expect(document).toMatchObject({
      channels: {
        pricesSockets: {
          address: '/prices',
          description: 'What products cost, for sellers.',
          messages: {
            'ask.price.subscribe': { name: 'price:subscribe' },
            'tell.price.changed': { 'x-after-events': ['ProductPriceChanged'] },
          },
        },
        echoSockets: { messages: { 'tell.echo.said': { name: 'echo:said' } } },
      },
      operations: { 'pricesSockets.tell.price.welcome': { action: 'send' } },
    })
    expect(contextMap({ ...declared, sockets })).toContain(
      '| `/prices` | `price:changed` | catalog | `ProductPriceChanged` |',
    )
  })

  test('must have the topics of its subscriptions and welcomes', () => {
    const { about, namespace } = pricesChannel
    const asked = subscription(ask('Follow.', ProductRef, Fields({ position: Position })), {
      ...subscribing,
      read: async () => ({ position: 0n }),
      answer: ({ position }) => ({ ok: true, position: String(position) }),
    })
    expect(() =>
      channel({ namespace, about, topics: [], client: { 'price:subscribe': asked } }),
    ).toThrow('/prices price:subscribe subscribes to a topic that the channel does not have.')
    expect(() =>
      channel({ namespace, about, topics: [], welcomes: pricesChannel.welcomes, client: {} }),
    ).toThrow('/prices has a welcome of a topic that the channel does not have.')
    expect(() =>
      channel({ namespace, about, topics: [prices, topic({ ...prices })], client: {} }),
    ).toThrow('/prices has two declarations of a message of the same name.')
  })

  test('has handlers typed by its messages', () => {
    const asked = ask('Doubles.', Fields({ n: Type.Integer() }), Fields({ twice: Type.Integer() }))
    expect(request(asked, async ({ n }) => ({ ok: true, twice: 2 * n }))).toMatchObject(asked)
    // @ts-expect-error The acknowledgement declares an integer.
    request(asked, async ({ n }) => ({ ok: true, twice: String(n) }))
    // @ts-expect-error The payload declares no such field.
    request(asked, async ({ m }) => ({ ok: true, twice: m }))
    topic({
      ...prices,
      // @ts-expect-error The topic declares no such message.
      tells: () => [{ name: 'price:fell' as const, payload: {}, to: 'room' }],
    })
    openChannel({
      namespace: '/echo',
      about: 'Says what it hears.',
      client: {},
      server: { 'echo:said': tell('Said.', Fields({ text: Type.String() })) },
      open: () => ({
        over: Promise.resolve(),
        connected: ({ tell: say }) =>
          // @ts-expect-error The message declares a text.
          say('echo:said', { text: 7 }),
      }),
    })
  })
})
