import { afterAll, beforeAll, expect, test } from 'vitest'
import { httpWorld, type Call, type HttpWorld } from '../../../../test/support/http.ts'

let now = Date.parse('2030-01-01T00:00:00Z')
let world: HttpWorld
let admin: Call
let ada: Call
beforeAll(async () => {
  world = await httpWorld({
    contexts: ['profiles', 'catalog', 'posts'],
    clock: () => new Date(now),
  })
  admin = (await world.someone('root', 'admin')).call
  ada = (await world.someone('ada')).call
})
afterAll(() => world[Symbol.asyncDispose]())

type Rights = { readonly roles?: readonly string[]; readonly operations?: readonly string[] }

const settings = ({ roles = ['admin'], operations = ['createProduct'] }: Rights = {}) => ({
  name: 'warehouse',
  roles,
  operations,
})

const tokenFor = (credentials: { readonly id: string; readonly secret: string }) =>
  world.anyone('POST', '/auth/service-token', credentials)

const callBy =
  (token: string): Call =>
  (method, path, body, headers = {}) =>
    world.anyone(method, path, body, { ...headers, authorization: `Bearer ${token}` })

/** A service account with a token. */
const create = async (given: Rights = {}) => {
  const created = await admin('POST', '/admin/service-accounts', settings(given))
  expect(created.status, created.text).toBe(201)
  const { id, secret } = created.body.data as { readonly id: string; readonly secret: string }
  const token: string = (await tokenFor({ id, secret })).body.data.accessToken
  return { id, secret, token, path: `/admin/service-accounts/${id}`, call: callBy(token) }
}

const lamp = { name: 'Lamp', category: 'light', price: { amount: 1_000, currency: 'EUR' } }

test('the operations of a service account, and no others, are called as itself', async () => {
  const { id, token, call } = await create()
  const created = await call('POST', '/products', lamp)
  expect(created.status, created.text).toBe(201)
  const events = (await world.log.readAll({ limit: 10_000 })).events
  expect(events.at(-1)).toMatchObject({ type: 'ProductCreated', metadata: { actorId: id } })

  // Its role admits to this one, as to the next.
  const deleted = await call('DELETE', `/products/${created.body.data.id}`)
  expect([deleted.status, deleted.body.code]).toEqual([403, 'forbidden'])
  expect((await call('GET', '/auth/sessions')).status).toBe(403)
  expect((await call('GET', '/admin/users')).status).toBe(403)
  // A public operation that was not granted does not know who calls.
  expect((await call('GET', '/products')).status).toBe(200)
  expect((await call('POST', '/auth/logout', {})).status).toBe(403)
  const validated = await world.anyone('POST', '/auth/validate', { token })
  expect(validated.body.data).toMatchObject({ userId: id, roles: [] })
})

test.each([
  ['an unknown one', 'dropTables'],
  ['a public one', 'login'],
  ['one with secrets', 'subscribeWebhook'],
  ['one of its own rights', 'changeServiceAccount'],
  ['one of the rights of users', 'changeUser'],
])('%s cannot be granted', async (_, operation) => {
  const body = settings({ roles: ['admin'], operations: ['createPost', operation] })
  const { status, body: answer } = await admin('POST', '/admin/service-accounts', body)
  expect([status, answer.errors?.[0].field]).toEqual([400, 'operations[1]'])
})

test('an operation needs its role, and names and roles are checked', async () => {
  const refused = async (body: object) => {
    const { status, body: answer } = await admin('POST', '/admin/service-accounts', body)
    return [status, answer.errors?.[0].field]
  }
  expect(await refused(settings({ roles: [] }))).toEqual([400, 'operations[0]'])
  expect(await refused(settings({ roles: ['seller'] }))).toEqual([400, 'operations[0]'])
  expect(await refused(settings({ operations: [] }))).toEqual([400, 'operations'])
  expect(await refused(settings({ roles: ['owner'] }))).toEqual([400, 'roles[0]'])
  expect(await refused({ ...settings(), name: 'Ada Lovelace' })).toEqual([400, 'name'])
})

test('people who are no admins have nothing to do with service accounts', async () => {
  const { path } = await create()
  for (const [method, url, body] of [
    ['POST', '/admin/service-accounts', settings()],
    ['GET', '/admin/service-accounts', undefined],
    ['GET', path, undefined],
    ['PUT', path, settings()],
    ['POST', `${path}/rotate-secret`, {}],
    ['DELETE', path, undefined],
  ] as const) {
    expect((await ada(method, url, body)).status).toBe(403)
    expect((await world.anyone(method, url, body)).status).toBe(401)
  }
})

test('a wrong secret gets the same answer as an unknown account', async () => {
  const [one, other] = [await create(), await create()]
  const answers = [
    await tokenFor({ id: one.id, secret: other.secret }),
    await tokenFor({ id: '0198c2d4-6f0e-7c3a-9a51-0f6c7f1f3a11', secret: one.secret }),
  ]
  const code = 'invalid_credentials'
  expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
    [401, code],
    [401, code],
  ])
  expect(answers[0]?.body.detail).toBe(answers[1]?.body.detail)
})

test('new rights apply to tokens that were issued before', async () => {
  const { path, call } = await create()
  const changed = await admin('PUT', path, settings({ operations: ['updateProduct'] }))
  expect(changed.status).toBe(200)
  expect((await call('POST', '/products', lamp)).status).toBe(403)
  await admin('PUT', path, settings())
  expect((await call('POST', '/products', lamp)).status).toBe(201)
})

test('a revoked account is refused at once, and for good', async () => {
  const { id, secret, path, call } = await create()
  expect((await call('POST', '/products', lamp)).status).toBe(201)
  expect((await admin('DELETE', path)).body.data).toEqual({ id, revoked: true })
  const refused = await call('POST', '/products', lamp)
  expect([refused.status, refused.body.code]).toEqual([401, 'service_account_ended'])
  expect((await tokenFor({ id, secret })).status).toBe(401)
  expect((await admin('DELETE', path)).status).toBe(200)
  expect((await admin('PUT', path, settings())).status).toBe(409)
  expect((await admin('POST', `${path}/rotate-secret`, {})).status).toBe(409)
  const { body } = await admin('GET', path)
  expect(body.data).toMatchObject({ status: 'REVOKED', revokedAt: expect.any(String) })
  const listed = await admin('GET', '/admin/service-accounts?status=ACTIVE&limit=100')
  expect(listed.body.data.serviceAccounts.map((one: { id: string }) => one.id)).not.toContain(id)
})

test('a rotation without overlap ends the previous secret and its tokens at once', async () => {
  const { id, secret, path, call } = await create()
  await admin('POST', `${path}/rotate-secret`, { overlapHours: 0 })
  expect((await tokenFor({ id, secret })).status).toBe(401)
  expect((await call('POST', '/products', lamp)).status).toBe(401)
})

test('a secret is shown once, is in no event, list or log line, and a repeated request gets the same', async () => {
  const headers = { 'idempotency-key': 'the-same-account' }
  const first = await admin('POST', '/admin/service-accounts', settings(), headers)
  const again = await admin('POST', '/admin/service-accounts', settings(), headers)
  expect(again.body.data).toEqual(first.body.data)
  const { id, secret } = first.body.data
  expect(secret).toMatch(/^agsvc_[\w-]{43}$/)
  await tokenFor({ id, secret })
  await tokenFor({ id, secret: `${secret}x` })
  const shown = await admin('GET', `/admin/service-accounts/${id}`)
  expect(shown.body.data).toMatchObject({ name: 'warehouse', status: 'ACTIVE', secretNumber: 1 })
  const { events } = await world.log.readAll({ limit: 10_000 })
  const everywhere = JSON.stringify([shown.body, events.map(({ data }) => data), world.written])
  expect(everywhere).not.toContain(secret)
})

test('after a rotation both secrets and their tokens are valid until the overlap ends', async () => {
  const { id, secret, path, token } = await create()
  const { body } = await admin('POST', `${path}/rotate-secret`, { overlapHours: 1 })
  const rotated = body.data as { readonly secret: string; readonly previousSecretUntil: string }
  expect(rotated.previousSecretUntil).toBe(new Date(now + 3_600_000).toISOString())
  expect(rotated.secret).not.toBe(secret)
  const statuses = async () => [
    (await tokenFor({ id, secret })).status,
    (await tokenFor({ id, secret: rotated.secret })).status,
  ]
  expect(await statuses()).toEqual([200, 200])
  expect((await callBy(token)('POST', '/products', lamp)).status).toBe(201)
  now += 3_600_000
  expect(await statuses()).toEqual([401, 200])
})
