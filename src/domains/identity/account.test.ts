import { describe, test } from 'vitest'
import { derivedId } from '#kernel'
import { given } from '#kernel/testing'
import { UserId } from '../shared/index.ts'
import { account } from './account.ts'

const ada = {
  userId: derivedId(UserId, 'ada'),
  email: 'ada@example.org',
  username: 'ada',
  name: 'Ada',
  roles: ['buyer' as const],
}
const register = { type: 'RegisterAccount' as const, data: { ...ada, passwordHash: 'hash-1' } }
const registered = { type: 'UserRegistered' as const, data: ada }
const passwordSet = { type: 'PasswordSet' as const, data: { passwordHash: 'hash-1' } }
const closed = { type: 'AccountClosed' as const, data: { reason: 'asked for' } }
const grant = (role: 'buyer' | 'admin') => ({ type: 'GrantRole' as const, data: { role } })
const revoke = (role: 'buyer' | 'admin') => ({ type: 'RevokeRole' as const, data: { role } })

describe('an account', () => {
  test('is registered with a password', () =>
    given(account).when(register).yields(registered, passwordSet))

  test('is registered once, though asked twice with a fresh hash', () =>
    given(account, registered, passwordSet)
      .when({ ...register, data: { ...register.data, passwordHash: 'hash-2' } })
      .yields())

  test('is not registered again for another address', () =>
    given(account, registered, passwordSet)
      .when({ ...register, data: { ...register.data, email: 'eve@example.org' } })
      .refuses('AlreadyRegistered'))

  test('gets a role, once', () => {
    const granted = { type: 'RoleGranted' as const, data: { role: 'admin' as const } }
    given(account, registered).when(grant('admin')).yields(granted)
    given(account, registered, granted).when(grant('admin')).yields()
    given(account, registered).when(grant('buyer')).yields()
  })

  test('loses a role, once', () => {
    const revoked = { type: 'RoleRevoked' as const, data: { role: 'buyer' as const } }
    given(account, registered).when(revoke('buyer')).yields(revoked)
    given(account, registered, revoked).when(revoke('buyer')).yields()
  })

  test('changes its password', () => {
    const command = { type: 'SetPassword' as const, data: { passwordHash: 'hash-2' } }
    const event = { type: 'PasswordSet' as const, data: { passwordHash: 'hash-2' } }
    given(account, registered, passwordSet).when(command).yields(event)
    given(account, registered, passwordSet, event).when(command).yields()
  })

  test('is closed for good', () => {
    const close = { type: 'CloseAccount' as const, data: { reason: 'asked for' } }
    given(account, registered).when(close).yields(closed)
    given(account, registered, closed).when(close).yields()
    given(account, registered, closed).when(grant('admin')).refuses('Closed')
    given(account, registered, closed).when(revoke('buyer')).refuses('Closed')
  })

  test('must exist before anything is done with it', () => {
    given(account).when(grant('admin')).refuses('NoSuchAccount')
    given(account).when(revoke('admin')).refuses('NoSuchAccount')
    given(account)
      .when({ type: 'SetPassword', data: { passwordHash: 'hash-2' } })
      .refuses('NoSuchAccount')
    given(account)
      .when({ type: 'CloseAccount', data: { reason: 'asked for' } })
      .refuses('NoSuchAccount')
  })
})
