import { afterAll, beforeAll, expect, test } from 'vitest'
import { agoraHere, type AgoraHere } from '../support/agora.ts'
import { basketOf, callAt, successOf, type Person } from '../support/shop.ts'
import { until } from '../support/until.ts'

let agora: AgoraHere
beforeAll(async () => {
  agora = await agoraHere()
})
afterAll(() => agora[Symbol.asyncDispose]())

const data = async ({ call }: Pick<Person, 'call'>, path: string) =>
  successOf(await call('GET', path), 200).body.data

test('registering creates a profile, and welcomes the user in the app and by mail', async () => {
  const ada = await agora.shop.register()
  const { notifications } = await until(
    () => data(ada, `/notifications/user/${ada.id}`),
    ({ notifications }) =>
      notifications.length === 2 &&
      notifications.every(({ status }: { status: string }) => status === 'SENT'),
  )
  expect(new Set(notifications.map(({ type }: { type: string }) => type))).toEqual(
    new Set(['welcome']),
  )
  expect(await data(ada, `/users/${ada.id}`)).toMatchObject({ followers: 0, private: false })
})

test('changing a username releases the old one', async () => {
  const eve = await agora.shop.register('eve-old')
  successOf(await eve.call('PATCH', `/users/${eve.id}`, { username: 'eve-new' }), 200)
  const other = { email: 'eve2@example.org', password: 'a long password' }
  const register = (username: string) =>
    agora.shop.anyone('POST', '/auth/register', { ...other, username })
  expect((await register('eve-new')).status).toBe(409)
  await until(
    () => register('eve-old'),
    ({ status }) => status === 201,
  )
})

test('a new seller has the role from the next sign-in on', async () => {
  const sam = await agora.shop.register()
  successOf(await sam.call('POST', '/users/me/seller', { displayName: 'Lamps' }), 202)
  const { body } = await until(
    async () => (await agora.shop.signIn(sam)).call('GET', '/users/me'),
    ({ body: me }) => me.data?.roles.includes('seller') === true,
  )
  expect(body.data.roles).toEqual(['buyer', 'seller'])
})

test('closing an account erases its personal data and releases address and username', async () => {
  const { shop } = agora
  const [leaver, friend] = [await shop.register('leaver'), await shop.register()]
  const admin = await shop.admin()
  successOf(await leaver.call('POST', `/users/${friend.id}/follow`), 200)
  successOf(await friend.call('POST', `/users/${leaver.id}/follow`), 200)
  successOf(await leaver.call('PATCH', `/users/${leaver.id}`, { username: 'leaver-away' }), 200)
  const lamp = await shop.sell(3)
  const shippingAddress = { line1: '1 Main St', city: 'Bath', postalCode: 'BA1', country: 'GB' }
  const order = { ...basketOf({ [lamp]: 1 }), shippingAddress }
  const { id } = successOf(await leaver.call('POST', '/orders', order), 202).body.data
  expect(await leaver.settled(id)).toMatchObject({ status: 'CONFIRMED', shippingAddress })

  const left = successOf(await leaver.call('DELETE', `/users/${leaver.id}`), 202)
  expect(left.body.data).toEqual({
    userId: leaver.id,
    status: 'PENDING',
    orders: { calledOff: [], toShip: [id] },
  })
  expect((await friend.call('GET', `/users/${leaver.id}`)).status).toBe(404)

  // Sessions end shortly afterwards.
  await until(
    () => leaver.call('GET', '/users/me'),
    ({ status }) => status === 401,
  )
  const { email, password } = leaver
  expect((await shop.anyone('POST', '/auth/login', { email, password })).status).toBe(401)

  await until(
    () => data(friend, `/users/${friend.id}`),
    ({ followers, following }) => followers === 0 && following === 0,
  )
  await until(
    () => data(friend, `/users/${friend.id}/followers`),
    ({ total }) => total === 0,
  )
  await until(
    () => data(admin, `/notifications/user/${leaver.id}`),
    ({ total }) => total === 0,
  )
  // The shipping address stays until the order is shipped.
  expect((await admin.call('DELETE', `/users/${leaver.id}`)).body.data).toMatchObject({
    status: 'PENDING',
    orders: { toShip: [id] },
  })
  expect(await data(admin, `/orders/${id}`)).toMatchObject({ shippingAddress })
  successOf(await admin.call('PUT', `/orders/${id}`, { status: 'SHIPPED' }), 200)
  await until(
    () => admin.call('DELETE', `/users/${leaver.id}`),
    ({ body }) => body.data.status === 'COMPLETED',
  )
  const recorded = await until(
    () => data(admin, `/orders/${id}`),
    (one) => one.shippingAddress === undefined,
  )
  expect(recorded).toMatchObject({
    id,
    userId: leaver.id,
    status: 'SHIPPED',
    total: { amount: 1999 },
  })

  // Address and both usernames can be registered again.
  for (const [username, address] of [
    ['leaver', email],
    ['leaver-away', 'leaver2@example.org'],
  ])
    await until(
      () => callAt(shop.url)('POST', '/auth/register', { email: address, username, password }),
      ({ status }) => status === 201,
    )
  const found = await until(
    () => data(admin, '/users?email=leaver@example.org'),
    ({ userId }) => userId !== undefined,
  )
  expect(found.userId).not.toBe(leaver.id)
})

test('closing an account cancels its unpaid order; no payment remains and no notification is sent', async () => {
  const { shop } = agora
  const admin = await shop.admin()
  const leaver = await shop.register()
  const lamp = await shop.sell(3)
  const shippingAddress = { line1: '1 Main St', city: 'Bath', postalCode: 'BA1', country: 'GB' }
  const slow = { ...basketOf({ [lamp]: 1 }, 'tok_slow'), shippingAddress }
  const { id } = successOf(await leaver.call('POST', '/orders', slow), 202).body.data
  await until(
    () => data(leaver, `/orders/${id}`),
    ({ payment }) => payment?.status === 'PENDING',
  )
  successOf(await leaver.call('DELETE', `/users/${leaver.id}`), 202)
  await until(
    () => admin.call('DELETE', `/users/${leaver.id}`),
    ({ body }) => body.data.status === 'COMPLETED',
  )
  const order = await until(
    () => data(admin, `/orders/${id}`),
    ({ payment }) => ['VOIDED', 'REFUNDED'].includes(payment.status),
  )
  expect(order).toMatchObject({ status: 'CANCELLED' })
  expect(order.shippingAddress).toBeUndefined()
  await until(
    () => data(admin, `/inventory/${lamp}`),
    ({ available }) => available === 3,
  )
  const { events } = await data(admin, `/orders/${id}/history`)
  expect(events.map(({ type }: { type: string }) => type)).not.toContain('OrderPaid')
  expect(await data(admin, `/notifications/user/${leaver.id}`)).toMatchObject({ total: 0 })
})

test('no event or job of these tests is parked', async () => {
  const { call } = await agora.shop.admin()
  expect((await call('GET', '/admin/dead-letters')).body.data.deadLetters).toEqual([])
})
