import { expect, test } from 'vitest'
import { derivedId, streamOf } from '#kernel'
import { folding, recorded } from '#kernel/testing'
import { account } from '../domains/identity/language.ts'
import { profile } from '../domains/profiles/language.ts'
import { UserId } from '../domains/shared/index.ts'
import { accounts } from './accounts.ts'

const id = derivedId(UserId, 'ada')
const stream = streamOf(account, id)
const [monday, tuesday] = ['2030-01-07T08:00:00.000Z', '2030-01-08T08:00:00.000Z']
const person = {
  email: 'ada@example.org',
  username: 'ada',
  name: 'Ada',
  roles: ['buyer' as const],
}
const registered = [
  recorded(stream, { type: 'UserRegistered', data: { userId: id, ...person } }, { at: monday }),
  recorded(stream, { type: 'PasswordSet', data: { passwordHash: 'hash' } }, { at: monday }),
]
const happened = (type: string, data: object) => recorded(stream, { type, data }, { at: tuesday })

test('a registration creates an account', () =>
  expect(folding(accounts, ...registered).into(id)).toEqual({
    id,
    ...person,
    emailVerified: false,
    roleNames: 'buyer',
    passwordHash: 'hash',
    status: 'ACTIVE',
    createdAt: monday,
    updatedAt: monday,
  }))

test('an account has its current roles', () => {
  const granted = happened('RoleGranted', { role: 'admin' })
  const revoked = happened('RoleRevoked', { role: 'buyer' })
  expect(folding(accounts, ...registered, granted).into(id)).toMatchObject({
    roles: ['buyer', 'admin'],
    roleNames: 'buyer admin',
    updatedAt: tuesday,
  })
  expect(folding(accounts, ...registered, granted, revoked).into(id)?.roles).toEqual(['admin'])
})

test('a closed account has that status and no personal fields', () =>
  expect(
    folding(accounts, ...registered, happened('AccountClosed', { reason: 'asked for' })).into(id),
  ).toEqual({
    id,
    emailVerified: false,
    passwordHash: '',
    roles: ['buyer'],
    roleNames: 'buyer',
    status: 'CLOSED',
    createdAt: monday,
    updatedAt: tuesday,
  }))

test('an account has the current username and name of its profile', () => {
  const updated = (data: object) =>
    recorded(streamOf(profile, id), { type: 'UserUpdated', data }, { at: tuesday })
  const renamed = updated({ username: 'countess', previousUsername: 'ada' })
  expect(folding(accounts, ...registered, renamed).into(id)).toMatchObject({
    username: 'countess',
    name: 'Ada',
    updatedAt: tuesday,
  })
  const bare = folding(accounts, ...registered, updated({ name: null })).into(id)
  expect(bare).not.toHaveProperty('name')
  expect(bare?.username).toBe('ada')
})

test('an account has its address, and whether that is verified', () => {
  const email = 'countess@example.org'
  const requestId = derivedId(UserId, 'request')
  const changed = happened('EmailChanged', { requestId, email, previous: person.email })
  const verified = happened('EmailVerified', { email: person.email })
  expect(folding(accounts, ...registered, verified).into(id)).toMatchObject({
    email: person.email,
    emailVerified: true,
  })
  expect(folding(accounts, ...registered, changed).into(id)).toMatchObject({
    email,
    emailVerified: true,
  })
})

test('a suspended account has that status until it is resumed', () => {
  const suspended = happened('AccountSuspended', { reason: 'spam' })
  expect(folding(accounts, ...registered, suspended).into(id)?.status).toBe('SUSPENDED')
  const resumed = happened('AccountResumed', {})
  expect(folding(accounts, ...registered, suspended, resumed).into(id)?.status).toBe('ACTIVE')
})
