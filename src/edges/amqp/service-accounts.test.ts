import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { httpWorld, type Call, type HttpWorld } from '../../../test/support/http.ts'
import { memoryCounters } from '../../platform/security/counters/memory.ts'
import type { CommandDelivery, CommandQueue } from '../../platform/messaging/command-queue/port.ts'
import { takeCommands } from './take-commands.ts'

type CarryOut = (delivery: CommandDelivery) => ReturnType<Parameters<CommandQueue['take']>[0]>

let world: HttpWorld
let admin: Call
let carryOut: CarryOut
beforeAll(async () => {
  world = await httpWorld({ contexts: ['profiles', 'catalog'] })
  admin = (await world.someone('root', 'admin')).call
  carryOut = takenBy(world)
})
afterAll(() => world[Symbol.asyncDispose]())

/** Carries out messages as a world that takes them from a queue. */
const takenBy = ({ app, deps: { modules } }: HttpWorld): CarryOut => {
  const taken = Promise.withResolvers<CarryOut>()
  const queue: CommandQueue = {
    take: (handle) => {
      taken.resolve((delivery) => handle(delivery, new AbortController().signal))
      return { close: async () => undefined }
    },
  }
  takeCommands(queue, {
    routes: modules.flatMap(({ routes }) => routes),
    inject: (request) => app.inject(request),
    prefix: '/api/v1',
  })
  return async (delivery) => (await taken.promise)(delivery)
}

/** A service account with a token. */
const create = async (
  operations: readonly string[],
  { anyone, by }: { readonly anyone: Call; readonly by: Call } = {
    anyone: world.anyone,
    by: admin,
  },
) => {
  const body = { name: 'warehouse', roles: ['admin'], operations }
  const { data } = (await by('POST', '/admin/service-accounts', body)).body
  const token = await anyone('POST', '/auth/service-token', data)
  return { ...data, authorization: `Bearer ${token.body.data.accessToken}` }
}

/** Sends a command through the queue. */
const send = (
  authorization: string,
  {
    isAnswered = true,
    messageId = randomUUID() as string,
    operation = 'createProduct',
    through = carryOut,
  } = {},
) => {
  const lamp = { name: 'Lamp', category: 'light', price: { amount: 1_000, currency: 'EUR' } }
  return through({
    content: Buffer.from(JSON.stringify({ operation, body: lamp })),
    messageId,
    authorization,
    correlationId: undefined,
    isAnswered,
  })
}

const products = async ({ log } = world) =>
  (await log.readAll({ limit: 10_000 })).events.filter(({ type }) => type === 'ProductCreated')

test('a command of a service account is carried out once, as the account', async () => {
  const { id, authorization } = await create(['createProduct'])
  const messageId = randomUUID()
  const before = (await products()).length
  const first = await send(authorization, { messageId })
  expect(first).toMatchObject({ answer: { status: 201 } })
  expect(await send(authorization, { messageId })).toEqual(first)
  const created = (await products()).slice(before)
  expect(created.map(({ metadata }) => metadata.actorId)).toEqual([id])
})

test('a command that the account may not send is refused, and is a dead letter if nobody waits for the answer', async () => {
  const { authorization } = await create(['updateProduct'])
  const before = (await products()).length
  expect(await send(authorization)).toMatchObject({ answer: { status: 403 } })
  expect(await send(authorization, { isAnswered: false })).toMatchObject({
    dead: { status: 403, reason: expect.stringContaining('has not been granted') },
  })
  expect(await products()).toHaveLength(before)
})

test('the secret instead of a token is refused, and not repeated in the answer', async () => {
  const { id, secret } = await create(['createProduct'])
  const basic = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`
  for (const authorization of [basic, `Bearer ${secret}`]) {
    const settled = await send(authorization, { isAnswered: false })
    expect(settled).toMatchObject({ dead: { status: 401 } })
    expect(JSON.stringify(settled)).not.toContain(secret)
  }
})

test('commands of a revoked account are refused from the next one on', async () => {
  const { id, authorization } = await create(['createProduct'])
  expect(await send(authorization)).toMatchObject({ answer: { status: 201 } })
  await admin('DELETE', `/admin/service-accounts/${id}`)
  expect(await send(authorization)).toMatchObject({
    answer: { status: 401, body: { code: 'service_account_ended' } },
  })
})

test('commands beyond the limit of an account are put off, whether anybody waits for the answer or not, and carried out once it has room; others go on', async () => {
  let now = 0
  await using limited = await httpWorld({
    contexts: ['profiles', 'catalog'],
    counters: memoryCounters({ clock: () => now }),
    config: { rateLimit: { perUser: 3, perIp: 1_000 } },
  })
  const through = takenBy(limited)
  const root = (await limited.someone('root', 'admin')).call
  const accountOf = { anyone: limited.anyone, by: root }
  const busy = await create(['createProduct'], accountOf)
  const other = await create(['createProduct'], accountOf)

  const messages = Array.from({ length: 7 }, (_, nth) => ({
    messageId: `busy-${nth}`,
    isAnswered: nth % 2 === 0,
    through,
  }))
  const settled = await Promise.all(messages.map((one) => send(busy.authorization, one)))
  const putOff = messages.filter((_, nth) => settled[nth] === 'later')
  expect(putOff).toHaveLength(4)
  expect(await send(other.authorization, { through })).toMatchObject({ answer: { status: 201 } })
  expect(await products(limited)).toHaveLength(4)

  for (let waiting = putOff; waiting.length > 0;) {
    now += 60_000
    const again = await Promise.all(waiting.map((one) => send(busy.authorization, one)))
    const done = again.filter((one) => one !== 'later')
    expect(done.map((one) => one.dead)).toEqual(done.map(() => undefined))
    expect(done).toHaveLength(Math.min(3, waiting.length))
    waiting = waiting.filter((_, nth) => again[nth] === 'later')
  }
  expect(await products(limited)).toHaveLength(8)
})
