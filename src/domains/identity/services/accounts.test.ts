import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'vitest'
import { asId, derivedId, streamOf } from '#kernel'
import { httpWorld } from '../../../../test/support/http.ts'
import { account, email, emailIdOf, username, usernameIdOf } from '../language.ts'
import { UserId } from '../../shared/index.ts'
import { argon2Passwords } from '../../../platform/security/passwords/argon2.ts'
import { ensureAdmin, register } from './accounts.ts'
import { Problem } from '../../../serving/problem.ts'

const ada = { email: 'ada@example.org', username: 'ada', password: 'a long password', name: 'Ada' }

test('a new user is signed in and a buyer', async () => {
  await using world = await httpWorld({ passwords: argon2Passwords() })
  const { status, body } = await world.anyone('POST', '/auth/register', ada)
  assert.equal(status, 201)
  const { success, data, meta, tokens } = body
  assert.equal(success, true)
  const { userId } = data
  assert.deepEqual(data, {
    userId,
    email: ada.email,
    emailVerified: false,
    username: 'ada',
    name: 'Ada',
    roles: ['buyer'],
  })
  assert.match(meta.position, /^\d+$/)
  assert.match(tokens.refreshToken, /^[0-9a-f-]{36}\.[\w-]{43}$/)

  const headers = { authorization: `Bearer ${tokens.accessToken}` }
  const me = await world.anyone('GET', '/users/me', undefined, headers)
  assert.deepEqual(me.body.data, {
    ...data,
    privacy: 'public',
    signIns: { password: true, providers: [] },
  })
  assert.match(String(me.headers.etag), /^"\d+"$/)

  const again = await world.anyone('POST', '/auth/login', ada)
  assert.equal(again.status, 400)
  const { email, password } = ada
  const signedIn = await world.anyone('POST', '/auth/login', { email, password })
  assert.equal(signedIn.status, 200)
  assert.deepEqual(signedIn.body.data, data)
  assert.notEqual(signedIn.body.tokens.refreshToken, tokens.refreshToken)
})

test('the literal paths of the sources work as well', async () => {
  await using world = await httpWorld()
  assert.equal((await world.anyone('POST', '/users/signup', ada)).status, 201)
  const { email, password } = ada
  assert.equal((await world.anyone('POST', '/users/login', { email, password })).status, 200)
})

test('an address and a name belong to one account, in all spellings', async () => {
  await using world = await httpWorld()
  await world.anyone('POST', '/auth/register', ada)
  const sameEmail = await world.anyone('POST', '/auth/register', {
    ...ada,
    email: 'ADA@Example.org',
    username: 'other',
  })
  assert.equal(sameEmail.status, 409)
  assert.equal(sameEmail.body.code, 'email_taken')
  assert.equal(sameEmail.body.errors[0].field, 'email')
  const sameName = await world.anyone('POST', '/auth/register', {
    ...ada,
    email: 'other@example.org',
    username: 'ADA',
  })
  assert.equal(sameName.status, 409)
  assert.equal(sameName.body.code, 'username_taken')
  assert.equal(sameName.body.errors[0].field, 'username')
})

test('a registration that fails for the name releases the address; one for the address claims no name', async () => {
  await using world = await httpWorld()
  await world.anyone('POST', '/auth/register', ada)
  const other = { ...ada, email: 'other@example.org' }
  assert.equal((await world.anyone('POST', '/auth/register', other)).status, 409)
  const { state } = await world.deps.executor.stateOf(email, emailIdOf(other.email))
  assert.equal(state.status, 'free')
  const third = { ...ada, username: 'third' }
  assert.equal((await world.anyone('POST', '/auth/register', third)).status, 409)
  const name = await world.deps.executor.stateOf(username, usernameIdOf('third'))
  assert.equal(name.state.status, 'free')
  assert.equal(
    (await world.anyone('POST', '/auth/register', { ...other, username: 'b2' })).status,
    201,
  )
})

test('one of many concurrent registrations gets an address', async () => {
  await using world = await httpWorld()
  const replies = await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      world.anyone('POST', '/auth/register', { ...ada, username: `ada${index}` }),
    ),
  )
  assert.equal(replies.filter(({ status }) => status === 201).length, 1)
  assert.equal(replies.filter(({ status }) => status === 409).length, 9)
})

test('a wrong password and an unknown address get the same answer', async () => {
  await using world = await httpWorld()
  await world.anyone('POST', '/auth/register', ada)
  const login = (email: string, password: string) =>
    world.anyone('POST', '/auth/login', { email, password })
  const wrong = await login(ada.email, 'not the password')
  const nobody = await login('nobody@example.org', 'a long password')
  assert.equal(wrong.status, 401)
  const { traceId: _, ...told } = wrong.body
  const { traceId: __, ...alsoTold } = nobody.body
  assert.deepEqual(told, alsoTold)
  assert.equal(told.code, 'invalid_credentials')
  assert.equal((await login('Ada@example.ORG', ada.password)).status, 200)
})

test('secrets are neither recorded in plain text nor logged', async () => {
  await using world = await httpWorld({ passwords: argon2Passwords() })
  const { body } = await world.anyone('POST', '/auth/register', ada)
  const { accessToken, refreshToken } = body.tokens
  await world.anyone('GET', '/users/me', undefined, { authorization: `Bearer ${accessToken}` })
  const { events } = await world.log.readAll()
  const all = JSON.stringify(events, (_, value) =>
    typeof value === 'bigint' ? String(value) : value,
  )
  for (const secret of [ada.password, accessToken, refreshToken, refreshToken.split('.')[1]]) {
    assert.ok(!all.includes(secret))
    assert.ok(!world.written.join('').includes(secret))
  }
  assert.ok(all.includes('$argon2id$'))
  assert.ok(world.written.length > 0)
})

test('every event of a request has its correlation id', async () => {
  await using world = await httpWorld()
  const correlationId = randomUUID()
  await world.anyone('POST', '/auth/register', ada, { 'x-correlation-id': correlationId })
  const { events } = await world.log.readAll()
  assert.equal(events.length, 5)
  assert.ok(events.every(({ metadata }) => metadata.correlationId === correlationId))
})

test('an admin exists after every start, with the configured password', async () => {
  await using world = await httpWorld()
  const { executor, passwords } = world.deps
  const admin = { email: 'boss@example.org', password: 'first password' }
  const first = await ensureAdmin({ executor, passwords }, admin)
  assert.equal(first.created, true)
  const login = async (password: string) =>
    world.anyone('POST', '/auth/login', { email: admin.email, password })
  const { body } = await login('first password')
  assert.ok(body.data.roles.includes('admin'))

  const head = await world.log.head()
  const second = await ensureAdmin({ executor, passwords }, admin)
  assert.deepEqual(second, { userId: first.userId, created: false })
  assert.equal(await world.log.head(), head)

  await ensureAdmin({ executor, passwords }, { ...admin, password: 'second password' })
  assert.equal((await login('second password')).status, 200)
  assert.equal((await login('first password')).status, 401)
})

test('concurrent starts create one admin, also when the username admin is taken', async () => {
  await using world = await httpWorld()
  await world.anyone('POST', '/auth/register', { ...ada, username: 'admin' })
  const { executor, passwords } = world.deps
  const admin = { email: 'boss@example.org', password: 'a password' }
  const made = await Promise.all([1, 2, 3].map(() => ensureAdmin({ executor, passwords }, admin)))
  assert.equal(new Set(made.map(({ userId }) => userId)).size, 1)
  const stream = await world.log.read(`account-${made[0]?.userId}`)
  assert.equal(stream.filter(({ type }) => type === 'UserRegistered').length, 1)
})

test('an existing account may become the admin', async () => {
  await using world = await httpWorld()
  const { body } = await world.anyone('POST', '/auth/register', ada)
  const { executor, passwords } = world.deps
  const made = await ensureAdmin({ executor, passwords }, ada)
  assert.deepEqual(made, { userId: body.data.userId, created: false })
  const { email, password } = ada
  const signedIn = await world.anyone('POST', '/auth/login', { email, password })
  assert.deepEqual(signedIn.body.data.roles, ['buyer', 'admin'])
})

test('an admin who has left does not prevent a start, and is replaced once the address is released', async () => {
  await using world = await httpWorld()
  const { executor, passwords } = world.deps
  const admin = { email: 'boss@example.org', password: 'a password' }
  const ids = new Set<UserId>()
  for (let time = 0; time < 3; time += 1) {
    const { userId, created } = await ensureAdmin({ executor, passwords }, admin)
    assert.equal(created, true)
    ids.add(userId)
    const { email: address, password } = admin
    const signedIn = await world.anyone('POST', '/auth/login', { email: address, password })
    assert.ok(signedIn.body.data.roles.includes('admin'))

    const origin = () => ({ commandId: randomUUID(), actorId: 'test', correlationId: randomUUID() })
    const close = { type: 'CloseAccount' as const, data: { reason: 'deleted' as const } }
    await executor.execute(account, userId, close, origin())
    const head = await world.log.head()
    const leaving = await ensureAdmin({ executor, passwords }, admin)
    assert.deepEqual(leaving, { userId, created: false })
    assert.equal(await world.log.head(), head)
    const release = { type: 'ReleaseEmail' as const, data: { userId } }
    await executor.execute(email, emailIdOf(address), release, origin())
  }
  assert.equal(ids.size, 3)
})

test('a claim on the address of the admin does not make a user the admin', async () => {
  await using world = await httpWorld()
  const { id } = await world.someone('eve')
  const { executor, passwords } = world.deps
  const admin = { email: 'boss@example.org', password: 'a password' }
  const origin = { commandId: randomUUID(), actorId: id, correlationId: randomUUID() }
  const userId = asId(UserId, id)
  const claim = { type: 'ClaimEmail' as const, data: { userId } }
  await executor.execute(email, emailIdOf(admin.email), claim, origin)
  await assert.rejects(
    ensureAdmin({ executor, passwords }, admin),
    (error) => error instanceof Problem && error.code === 'email_taken',
  )
  const { state } = await executor.stateOf(account, userId)
  assert.deepEqual(state.status === 'active' && state.roles, ['buyer'])
})

test('a registration with the id of another account releases its claims', async () => {
  await using world = await httpWorld()
  const { executor, passwords } = world.deps
  const userId = derivedId(UserId, 'one')
  const origin = () => ({ commandId: randomUUID(), actorId: userId, correlationId: randomUUID() })
  await register({ executor, passwords }, userId, { ...ada, roles: ['buyer'] }, origin())
  const other = { ...ada, email: 'other@example.org', username: 'other', roles: ['buyer' as const] }
  await assert.rejects(
    register({ executor, passwords }, userId, other, origin()),
    (error) => error instanceof Problem && error.code === 'already_registered',
  )
  const events = await world.log.read(streamOf(email, emailIdOf(other.email)))
  assert.deepEqual(
    events.map(({ type }) => type),
    ['EmailClaimed', 'EmailReleased'],
  )
})
