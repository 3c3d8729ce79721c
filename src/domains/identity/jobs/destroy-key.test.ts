import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { identityWorld, type HttpWorld } from '../../../../test/support/http.ts'
import { jobPorts } from '../../../../test/support/job-ports.ts'
import { asId } from '#kernel'
import { newId } from '#kernel/testing'
import { account, email, emailIdOf, session, username, usernameIdOf } from '../language.ts'
import { order } from '../../ordering/language.ts'
import { paymentIdOf } from '../../payments/language.ts'
import { profile } from '../../profiles/language.ts'
import { OrderId, ProductId, SessionId, UserId } from '../../shared/index.ts'
import { sessions } from '../../../projections/index.ts'
import { boundJob } from '../../../serving/job.ts'
import { destroyKey } from './destroy-key.ts'
import { forgetPerson } from './forget-person.ts'
import { sayGoodbye } from './goodbye.ts'

let world: HttpWorld
beforeAll(async () => {
  world = await identityWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

let destroyed: string[]
beforeEach(() => {
  destroyed = []
})

const origin = () => {
  const commandId = randomUUID()
  return { commandId, actorId: 'test', correlationId: commandId }
}

/** A user who has left and whose data other contexts have erased; `release` acts as the saga `farewell`. */
const leaver = async (name: string) => {
  const { executor } = world.deps
  const { id, call } = await world.someone(name)
  const userId = asId(UserId, id)
  expect((await call('DELETE', `/users/${userId}`)).status).toBe(202)
  await forgetPerson.run({ userId }, origin(), jobPorts(world))
  const release = async () => {
    const [address, held] = [emailIdOf(`${name}@example.org`), usernameIdOf(name)]
    const data = { userId }
    await executor.execute(email, address, { type: 'ReleaseEmail', data }, origin())
    await executor.execute(username, held, { type: 'ReleaseUsername', data }, origin())
  }
  const mailer = { send: async () => undefined }
  const tell = () => sayGoodbye().run({ userId }, origin(), jobPorts(world, { mailer }))
  const stands = async () => (await executor.stateOf(profile, userId)).state
  return { userId, call, release, tell, stands }
}

const place = async (userId: UserId) => {
  const id = newId(OrderId)
  const price = { amount: 500, currency: 'EUR' }
  const items = [
    { kind: 'product' as const, refId: newId(ProductId), name: 'Lamp', quantity: 1, price },
  ]
  const shippingAddress = { line1: '1 Main St', city: 'Bath', postalCode: 'BA1', country: 'GB' }
  const data = { userId, items, shippingAddress, paymentToken: 'tok_ok' }
  await world.deps.executor.execute(order, id, { type: 'PlaceOrder', data }, origin())
  return id
}

const orderOf = async (id: OrderId) => (await world.deps.executor.stateOf(order, id)).state

const job = (clock = world.deps.clock) =>
  boundJob(
    destroyKey,
    jobPorts(world, {
      forgetting: {
        forget: async (person) => void destroyed.push(person),
        receiptOf: async (person) =>
          destroyed.includes(person)
            ? { person, keyDestroyedAt: '', places: [], beyond: [] }
            : undefined,
      },
      clock,
    }),
  )

const now = () => new Date().toISOString()

test('a user cannot sign in once other contexts erase their data', async () => {
  const { userId } = await leaver('closed')
  const { state } = await world.deps.executor.stateOf(account, userId)
  expect(state).toMatchObject({ status: 'closed' })
  const login = { email: 'closed@example.org', password: 'a long password' }
  expect((await world.anyone('POST', '/auth/login', login)).status).toBe(401)
})

test('a key is kept until address and username are free', async () => {
  const { userId, release, tell } = await leaver('released')
  await tell()
  const asked = { userId, since: now() }
  await expect(job().run(asked, origin())).rejects.toThrow('not released yet')
  await release()
  await job().run(asked, origin())
  expect(destroyed).toEqual([userId])
})

test('a key is kept until the last mail is sent, but not longer than the greatest wait', async () => {
  const { userId, release, tell } = await leaver('told')
  await release()
  await expect(job().run({ userId, since: now() }, origin())).rejects.toThrow('not told yet')
  expect(destroyed).toEqual([])
  await job().run({ userId, since: new Date(Date.now() - 11 * 60_000).toISOString() }, origin())
  expect(destroyed).toEqual([userId])
  await tell()
  await job().run({ userId, since: now() }, origin())
  expect(destroyed).toEqual([userId, userId])
})

test('the wait for the mail is measured by the clock of the events', async () => {
  const { userId, release } = await leaver('skewed')
  await release()
  const hourBehind = Date.now() - 3_600_000
  const since = new Date(hourBehind).toISOString()
  const after = (ms: number) =>
    job(() => new Date(hourBehind + ms)).run({ userId, since }, origin())
  await expect(after(9 * 60_000)).rejects.toThrow('not told yet')
  await after(11 * 60_000)
  expect(destroyed).toEqual([userId])
})

test('a late order is cancelled before the key is destroyed', async () => {
  const { userId, release, tell } = await leaver('late')
  const id = await place(userId)
  await Promise.all([release(), tell()])
  await job().run({ userId, since: now() }, origin())
  expect(await orderOf(id)).toMatchObject({ status: 'CANCELLED', addressed: false })
  expect(destroyed).toEqual([userId])
})

test('a late paid order delays the destruction, unless it must not wait', async () => {
  const { executor } = world.deps
  for (const end of ['shipped', 'hastened'] as const) {
    const { userId, release, tell } = await leaver(end)
    const id = await place(userId)
    const paymentId = paymentIdOf(id)
    await executor.execute(order, id, { type: 'ConfirmStock', data: {} }, origin())
    await executor.execute(order, id, { type: 'MarkPaid', data: { paymentId } }, origin())
    await executor.execute(order, id, { type: 'ConfirmOrder', data: {} }, origin())
    await Promise.all([release(), tell()])
    await job().run({ userId, since: now() }, origin())
    expect(destroyed).not.toContain(userId)
    expect(await orderOf(id)).toMatchObject({ addressed: true })

    if (end === 'shipped') {
      await executor.execute(order, id, { type: 'ShipOrder', data: {} }, origin())
      await job().run({ orderId: id, since: now() }, origin())
      // Later events of the orders find it done.
      await job().run({ orderId: id, since: now() }, origin())
    } else {
      await executor.execute(profile, userId, { type: 'ForgetAtOnce', data: {} }, origin())
      await job().run({ userId, since: now() }, origin())
    }
    expect(destroyed.filter((person) => person === userId)).toHaveLength(1)
    expect(await orderOf(id)).toMatchObject({ addressed: false })
  }
})

test('the session of a late sign-in is erased', async () => {
  const { readModels, deps } = world
  const { userId, release, tell } = await leaver('signs-in')
  const data = {
    userId,
    userAgent: 'Firefox',
    refreshHash: 'x',
    expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
  }
  const late = newId(SessionId)
  await deps.executor.execute(session, late, { type: 'OpenSession', data }, origin())
  const kept = async () => (await readModels.find(sessions, { where: { userId } })).total
  expect(await kept()).toBe(1)
  await Promise.all([release(), tell()])
  const forgetting = { forget: async () => undefined, receiptOf: async () => undefined }
  await destroyKey.run({ userId, since: now() }, origin(), jobPorts(world, { forgetting }))
  expect(await kept()).toBe(0)
})

test('the key of an existing user is not destroyed', async () => {
  const { id } = await world.someone('here')
  const userId = asId(UserId, id)
  await job().run({ userId, since: now() }, origin())
  await job().run({ orderId: await place(userId), since: now() }, origin())
  await job().run({ orderId: newId(OrderId), since: now() }, origin())
  expect(destroyed).toEqual([])
})
