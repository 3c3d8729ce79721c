import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { asId, derivedId, streamOf } from '#kernel'
import { newId } from '#kernel/testing'
import { identityWorld } from '../../../../test/support/http.ts'
import { account, email, emailIdOf, username, usernameIdOf } from '../language.ts'
import { UserId } from '../../shared/index.ts'
import { argon2Passwords } from '../../../platform/security/passwords/argon2.ts'
import { ensureAdmin, register } from './accounts.ts'
import { Problem } from '../../../serving/problem.ts'

const ada = { email: 'ada@example.org', username: 'ada', password: 'a long password', name: 'Ada' }

test('a new user is signed in and a buyer', async () => {
  await using world = await identityWorld({ passwords: argon2Passwords() })
  const { status, body } = await world.anyone('POST', '/auth/register', ada)
  expect(status).toBe(201)
  const { success, data, meta, tokens } = body
  expect(success).toBe(true)
  const { userId } = data
  expect(data).toStrictEqual({
    userId,
    email: ada.email,
    emailVerified: false,
    username: 'ada',
    name: 'Ada',
    roles: ['buyer'],
  })
  expect(meta.position).toMatch(/^\d+$/)
  expect(tokens.refreshToken).toMatch(/^[0-9a-f-]{36}\.[\w-]{43}$/)

  const headers = { authorization: `Bearer ${tokens.accessToken}` }
  const me = await world.anyone('GET', '/users/me', undefined, headers)
  expect(me.body.data).toStrictEqual({
    ...data,
    privacy: 'public',
    signIns: { password: true, providers: [] },
  })
  expect(String(me.headers.etag)).toMatch(/^"\d+"$/)

  const again = await world.anyone('POST', '/auth/login', ada)
  expect(again.status).toBe(400)
  const { email, password } = ada
  const signedIn = await world.anyone('POST', '/auth/login', { email, password })
  expect(signedIn.status).toBe(200)
  expect(signedIn.body.data).toStrictEqual(data)
  expect(signedIn.body.tokens.refreshToken).not.toBe(tokens.refreshToken)
})

test('the literal paths of the sources work as well', async () => {
  await using world = await identityWorld()
  expect((await world.anyone('POST', '/users/signup', ada)).status).toBe(201)
  const { email, password } = ada
  expect((await world.anyone('POST', '/users/login', { email, password })).status).toBe(200)
})

test('an address and a name belong to one account, in all spellings', async () => {
  await using world = await identityWorld()
  await world.anyone('POST', '/auth/register', ada)
  const sameEmail = await world.anyone('POST', '/auth/register', {
    ...ada,
    email: 'ADA@Example.org',
    username: 'other',
  })
  expect(sameEmail.status).toBe(409)
  expect(sameEmail.body.code).toBe('email_taken')
  expect(sameEmail.body.errors[0].field).toBe('email')
  const sameName = await world.anyone('POST', '/auth/register', {
    ...ada,
    email: 'other@example.org',
    username: 'ADA',
  })
  expect(sameName.status).toBe(409)
  expect(sameName.body.code).toBe('username_taken')
  expect(sameName.body.errors[0].field).toBe('username')
})

test('a registration that fails for the name releases the address; one for the address claims no name', async () => {
  await using world = await identityWorld()
  await world.anyone('POST', '/auth/register', ada)
  const other = { ...ada, email: 'other@example.org' }
  expect((await world.anyone('POST', '/auth/register', other)).status).toBe(409)
  const { state } = await world.deps.executor.stateOf(email, emailIdOf(other.email))
  expect(state.status).toBe('free')
  const third = { ...ada, username: 'third' }
  expect((await world.anyone('POST', '/auth/register', third)).status).toBe(409)
  const name = await world.deps.executor.stateOf(username, usernameIdOf('third'))
  expect(name.state.status).toBe('free')
  expect((await world.anyone('POST', '/auth/register', { ...other, username: 'b2' })).status).toBe(
    201,
  )
})

test('one of many concurrent registrations gets an address', async () => {
  await using world = await identityWorld()
  const replies = await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      world.anyone('POST', '/auth/register', { ...ada, username: `ada${index}` }),
    ),
  )
  expect(replies.filter(({ status }) => status === 201).length).toBe(1)
  expect(replies.filter(({ status }) => status === 409).length).toBe(9)
})

test('a wrong password and an unknown address get the same answer', async () => {
  await using world = await identityWorld()
  await world.anyone('POST', '/auth/register', ada)
  const login = (email: string, password: string) =>
    world.anyone('POST', '/auth/login', { email, password })
  const wrong = await login(ada.email, 'not the password')
  const nobody = await login('nobody@example.org', 'a long password')
  expect(wrong.status).toBe(401)
  const { traceId: _, ...told } = wrong.body
  const { traceId: __, ...alsoTold } = nobody.body
  expect(told).toStrictEqual(alsoTold)
  expect(told.code).toBe('invalid_credentials')
  expect((await login('Ada@example.ORG', ada.password)).status).toBe(200)
})

test('secrets are neither recorded in plain text nor logged', async () => {
  await using world = await identityWorld({ passwords: argon2Passwords() })
  const { body } = await world.anyone('POST', '/auth/register', ada)
  const { accessToken, refreshToken } = body.tokens
  await world.anyone('GET', '/users/me', undefined, { authorization: `Bearer ${accessToken}` })
  const { events } = await world.log.readAll()
  const all = JSON.stringify(events, (_, value) =>
    typeof value === 'bigint' ? String(value) : value,
  )
  for (const secret of [ada.password, accessToken, refreshToken, refreshToken.split('.')[1]]) {
    expect.assert(!all.includes(secret))
    expect.assert(!world.written.join('').includes(secret))
  }
  expect.assert(all.includes('$argon2id$'))
  expect.assert(world.written.length > 0)
})

test('every event of a request has its correlation id', async () => {
  await using world = await identityWorld()
  const correlationId = randomUUID()
  await world.anyone('POST', '/auth/register', ada, { 'x-correlation-id': correlationId })
  const { events } = await world.log.readAll()
  expect(events.length).toBe(5)
  expect.assert(events.every(({ metadata }) => metadata.correlationId === correlationId))
})

test('an admin exists after every start, with the configured password', async () => {
  await using world = await identityWorld()
  const { executor, passwords } = world.deps
  const admin = { email: 'boss@example.org', password: 'first password' }
  const first = await ensureAdmin({ executor, passwords }, admin)
  expect(first.created).toBe(true)
  const login = async (password: string) =>
    world.anyone('POST', '/auth/login', { email: admin.email, password })
  const { body } = await login('first password')
  expect.assert(body.data.roles.includes('admin'))

  const head = await world.log.head()
  const second = await ensureAdmin({ executor, passwords }, admin)
  expect(second).toStrictEqual({ userId: first.userId, created: false })
  expect(await world.log.head()).toBe(head)

  await ensureAdmin({ executor, passwords }, { ...admin, password: 'second password' })
  expect((await login('second password')).status).toBe(200)
  expect((await login('first password')).status).toBe(401)
})

test.each(['me', 'Root', 'null', 'admin', 'support', 'postmaster'])(
  'nobody can choose the username %s',
  async (name) => {
    await using world = await identityWorld()
    const reply = await world.anyone('POST', '/auth/register', { ...ada, username: name })
    expect([reply.status, reply.body.errors[0].field]).toEqual([400, 'username'])
    expect(await world.log.head()).toBe(0n)
  },
)

test('an address may have a domain in letters of any language, and is recorded in ASCII', async () => {
  await using world = await identityWorld()
  const bücher = { ...ada, email: 'ada@bücher.example' }
  const { body } = await world.anyone('POST', '/auth/register', bücher)
  expect(body.data.email).toBe('ada@xn--bcher-kva.example')
  const login = (address: string) =>
    world.anyone('POST', '/auth/login', { email: address, password: ada.password })
  expect((await login('ADA@BÜCHER.example')).status).toBe(200)
  expect((await login('ada@xn--bcher-kva.example')).status).toBe(200)
  for (const address of ['ädä@example.org', 'ada@-.example', 'ada']) {
    const { status, body: problem } = await login(address)
    expect([address, status, problem.errors?.[0]?.field]).toEqual([address, 400, 'email'])
  }
})

test('concurrent starts create one admin, also when the username admin is taken', async () => {
  await using world = await identityWorld()
  const { executor, passwords } = world.deps
  const commandId = randomUUID()
  const origin = { commandId, actorId: 'test', correlationId: commandId }
  const taking = { ...ada, username: 'admin', roles: ['buyer' as const] }
  await register({ executor, passwords }, newId(UserId), taking, origin)
  const admin = { email: 'boss@example.org', password: 'a password' }
  const made = await Promise.all([1, 2, 3].map(() => ensureAdmin({ executor, passwords }, admin)))
  expect(new Set(made.map(({ userId }) => userId)).size).toBe(1)
  const stream = await world.log.read(`account-${made[0]?.userId}`)
  expect(stream.filter(({ type }) => type === 'UserRegistered').length).toBe(1)
})

test('an existing account may become the admin', async () => {
  await using world = await identityWorld()
  const { body } = await world.anyone('POST', '/auth/register', ada)
  const { executor, passwords } = world.deps
  const made = await ensureAdmin({ executor, passwords }, ada)
  expect(made).toStrictEqual({ userId: body.data.userId, created: false })
  const { email, password } = ada
  const signedIn = await world.anyone('POST', '/auth/login', { email, password })
  expect(signedIn.body.data.roles).toStrictEqual(['buyer', 'admin'])
})

test('an admin who has left does not prevent a start, and is replaced once the address is released', async () => {
  await using world = await identityWorld()
  const { executor, passwords } = world.deps
  const admin = { email: 'boss@example.org', password: 'a password' }
  const ids = new Set<UserId>()
  for (let time = 0; time < 3; time += 1) {
    const { userId, created } = await ensureAdmin({ executor, passwords }, admin)
    expect(created).toBe(true)
    ids.add(userId)
    const { email: address, password } = admin
    const signedIn = await world.anyone('POST', '/auth/login', { email: address, password })
    expect.assert(signedIn.body.data.roles.includes('admin'))

    const origin = () => ({ commandId: randomUUID(), actorId: 'test', correlationId: randomUUID() })
    const close = { type: 'CloseAccount' as const, data: { reason: 'deleted' as const } }
    await executor.execute(account, userId, close, origin())
    const head = await world.log.head()
    const leaving = await ensureAdmin({ executor, passwords }, admin)
    expect(leaving).toStrictEqual({ userId, created: false })
    expect(await world.log.head()).toBe(head)
    const release = { type: 'ReleaseEmail' as const, data: { userId } }
    await executor.execute(email, emailIdOf(address), release, origin())
  }
  expect(ids.size).toBe(3)
})

test('a claim on the address of the admin does not make a user the admin', async () => {
  await using world = await identityWorld()
  const { id } = await world.someone('eve')
  const { executor, passwords } = world.deps
  const admin = { email: 'boss@example.org', password: 'a password' }
  const origin = { commandId: randomUUID(), actorId: id, correlationId: randomUUID() }
  const userId = asId(UserId, id)
  const claim = { type: 'ClaimEmail' as const, data: { userId } }
  await executor.execute(email, emailIdOf(admin.email), claim, origin)
  await expect(ensureAdmin({ executor, passwords }, admin)).rejects.toSatisfy(
    (error) => error instanceof Problem && error.code === 'email_taken',
  )
  const { state } = await executor.stateOf(account, userId)
  expect(state.status === 'active' && state.roles).toStrictEqual(['buyer'])
})

test('a registration with the id of another account releases its claims', async () => {
  await using world = await identityWorld()
  const { executor, passwords } = world.deps
  const userId = derivedId(UserId, 'one')
  const origin = () => ({ commandId: randomUUID(), actorId: userId, correlationId: randomUUID() })
  await register({ executor, passwords }, userId, { ...ada, roles: ['buyer'] }, origin())
  const other = { ...ada, email: 'other@example.org', username: 'other', roles: ['buyer' as const] }
  await expect(register({ executor, passwords }, userId, other, origin())).rejects.toSatisfy(
    (error) => error instanceof Problem && error.code === 'already_registered',
  )
  const events = await world.log.read(streamOf(email, emailIdOf(other.email)))
  expect(events.map(({ type }) => type)).toStrictEqual(['EmailClaimed', 'EmailReleased'])
})
