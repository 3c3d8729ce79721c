import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { httpWorld, type Call, type HttpWorld } from '../../../test/support/http.ts'
import type { CommandDelivery, CommandQueue } from '../../platform/messaging/command-queue/port.ts'
import { takeCommands } from './take-commands.ts'

let world: HttpWorld
let admin: Call
let carryOut: (delivery: CommandDelivery) => ReturnType<Parameters<CommandQueue['take']>[0]>
beforeAll(async () => {
  world = await httpWorld({ contexts: ['profiles', 'catalog'] })
  admin = (await world.someone('root', 'admin')).call
  const queue: CommandQueue = {
    take: (handle) => {
      carryOut = (delivery) => handle(delivery, new AbortController().signal)
      return { close: async () => undefined }
    },
  }
  takeCommands(queue, {
    routes: world.deps.modules.flatMap(({ routes }) => routes),
    inject: (request) => world.app.inject(request),
    prefix: '/api/v1',
  })
})
afterAll(() => world[Symbol.asyncDispose]())

/** A service account with a token. */
const create = async (operations: readonly string[]) => {
  const body = { name: 'warehouse', roles: ['admin'], operations }
  const { data } = (await admin('POST', '/admin/service-accounts', body)).body
  const token = await world.anyone('POST', '/auth/service-token', data)
  return { ...data, authorization: `Bearer ${token.body.data.accessToken}` }
}

/** Sends a command through the queue. */
const send = (
  authorization: string,
  { isAnswered = true, messageId = randomUUID() as string, operation = 'createProduct' } = {},
) => {
  const lamp = { name: 'Lamp', category: 'light', price: { amount: 1_000, currency: 'EUR' } }
  return carryOut({
    content: Buffer.from(JSON.stringify({ operation, body: lamp })),
    messageId,
    authorization,
    correlationId: undefined,
    isAnswered,
  })
}

const products = async () =>
  (await world.log.readAll({ limit: 10_000 })).events.filter(
    ({ type }) => type === 'ProductCreated',
  )

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
