import { describe, expect, test } from 'vitest'
import { derivedId } from '#kernel'
import { given } from '#kernel/testing'
import { SessionId, UserId } from '../shared/index.ts'
import { account, resetHolds, verificationHolds } from './account.ts'
import { RequestId, type SessionsEndedReason } from './account-messages.ts'
import { externalIdentityIdOf } from './external-identity.ts'

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
const closed = {
  type: 'AccountClosed' as const,
  data: { reason: 'asked for', email: ada.email, username: ada.username },
}
const grant = (role: 'buyer' | 'admin') => ({ type: 'GrantRole' as const, data: { role } })
const revoke = (role: 'buyer' | 'admin') => ({ type: 'RevokeRole' as const, data: { role } })
const sessionsEnded = (
  era: number,
  reason: SessionsEndedReason,
  more: { keptSessionId?: SessionId } = {},
) => ({ type: 'SessionsEnded' as const, data: { era, reason, ...more } })

const at = (now: string) => ({ now, by: 'tester' })
const noon = '2030-01-01T12:00:00.000Z'
const one = '2030-01-01T13:00:00.000Z'
const [first, second] = [derivedId(RequestId, '1'), derivedId(RequestId, '2')]
const verified = { type: 'EmailVerified' as const, data: { email: ada.email } }

describe('an account', () => {
  test('is registered with a password', () =>
    given(account).when(register).yields(registered, passwordSet))

  test('is registered once by a repeated command with another hash', () =>
    given(account, registered, passwordSet)
      .when({ ...register, data: { ...register.data, passwordHash: 'hash-2' } })
      .yields())

  test('is not registered again for another address', () =>
    given(account, registered, passwordSet)
      .when({ ...register, data: { ...register.data, email: 'eve@example.org' } })
      .refuses('AlreadyRegistered'))

  test('is not registered again under another username', () =>
    given(account, registered, passwordSet)
      .when({ ...register, data: { ...register.data, username: 'eve' } })
      .refuses('AlreadyRegistered'))

  test('is granted a role once', () => {
    const granted = { type: 'RoleGranted' as const, data: { role: 'admin' as const } }
    given(account, registered).when(grant('admin')).yields(granted)
    given(account, registered, granted).when(grant('admin')).yields()
    given(account, registered).when(grant('buyer')).yields()
  })

  test('has a role revoked once', () => {
    const revoked = { type: 'RoleRevoked' as const, data: { role: 'buyer' as const } }
    given(account, registered).when(revoke('buyer')).yields(revoked)
    given(account, registered, revoked).when(revoke('buyer')).yields()
    const granted = { type: 'RoleGranted' as const, data: { role: 'admin' as const } }
    given(account, registered, granted, revoked)
      .when(revoke('admin'))
      .yields({ type: 'RoleRevoked', data: { role: 'admin' } })
  })

  test('ends all other sessions when its password changes', () => {
    const data = { passwordHash: 'hash-2', keptSessionId: derivedId(SessionId, 'here') }
    const command = { type: 'SetPassword' as const, data }
    const event = { type: 'PasswordSet' as const, data: { passwordHash: 'hash-2' } }
    const { keptSessionId } = data
    const ended = sessionsEnded(1, 'password_changed', { keptSessionId })
    given(account, registered, passwordSet).when(command).yields(event, ended)
    given(account, registered, passwordSet, event, ended).when(command).yields()
  })

  test('gets a first password without ending sessions', () =>
    given(account, registered)
      .when({ type: 'SetPassword', data: { passwordHash: 'hash-1' } })
      .yields(passwordSet))

  test('may be registered without a password, with a verified address', () => {
    const { passwordHash: _, ...person } = register.data
    const vouched = { ...person, emailVerified: true as const }
    given(account)
      .when({ type: 'RegisterAccount', data: vouched })
      .yields({ type: 'UserRegistered', data: vouched })
    given(account, { type: 'UserRegistered', data: vouched })
      .when({ type: 'VerifyEmail', data: { email: ada.email } })
      .yields()
  })

  test('is closed for good', () => {
    const close = { type: 'CloseAccount' as const, data: { reason: 'asked for' } }
    given(account, registered).when(close).yields(closed)
    given(account, registered, closed).when(close).yields()
    given(account, registered, closed).when(grant('admin')).refuses('Closed')
    given(account, registered, closed).when(revoke('buyer')).refuses('Closed')
  })

  test('records the last mail once', () => {
    const record = { type: 'RecordGoodbye' as const, data: {} }
    const said = { type: 'GoodbyeSaid' as const, data: {} }
    given(account, registered).when(record).yields()
    given(account, registered, closed).when(record).yields(said)
    given(account, registered, closed, said).when(record).yields()
  })

  test('must exist for every other command', () => {
    given(account).when(grant('admin')).refuses('NoSuchAccount')
    given(account).when(revoke('admin')).refuses('NoSuchAccount')
    given(account)
      .when({ type: 'SetPassword', data: { passwordHash: 'hash-2' } })
      .refuses('NoSuchAccount')
    given(account)
      .when({ type: 'CloseAccount', data: { reason: 'asked for' } })
      .refuses('NoSuchAccount')
    given(account)
      .when({ type: 'ExpireEmailChange', data: { requestId: first } })
      .refuses('NoSuchAccount')
    for (const command of [
      { type: 'SuspendAccount', data: { reason: 'spam' } },
      { type: 'ResumeAccount', data: {} },
    ] as const) {
      given(account).when(command).refuses('NoSuchAccount')
      given(account, registered, closed).when(command).refuses('Closed')
    }
  })
})

describe('a forgotten password', () => {
  const requested = {
    type: 'PasswordResetRequested' as const,
    data: { requestId: first, expiresAt: one },
  }
  const asked = { ...requested, type: 'RequestPasswordReset' as const }
  const reset = {
    type: 'ResetPassword' as const,
    data: { requestId: first, passwordHash: 'hash-2' },
  }
  const done = [
    { type: 'PasswordReset' as const, data: { requestId: first } },
    { type: 'PasswordSet' as const, data: { passwordHash: 'hash-2' } },
    sessionsEnded(1, 'password_reset'),
    verified,
  ]

  test('is replaced by the link in a mail, which ends all sessions and verifies the address', () => {
    given(account, registered, passwordSet).when(asked).yields(requested)
    given(account, registered, passwordSet, requested)
      .when(reset, at(noon))
      .yields(...done)
    given(account, registered, passwordSet, verified, requested)
      .when(reset, at(noon))
      .yields(...done.slice(0, 3))
  })

  test('is replaced once by each link, before its expiry', () => {
    given(account, registered, passwordSet).when(reset, at(noon)).refuses('LinkExpired')
    given(account, registered, passwordSet, requested).when(reset, at(one)).refuses('LinkExpired')
    given(account, registered, passwordSet, requested, ...done)
      .when(reset, at(noon))
      .refuses('LinkExpired')
    given(account, registered, passwordSet, requested)
      .when({ ...reset, data: { ...reset.data, requestId: second } }, at(noon))
      .refuses('LinkExpired')
  })

  test('sends no second mail within five minutes, and the second link replaces the first', () => {
    const again = (expiresAt: string) => ({ ...asked, data: { requestId: second, expiresAt } })
    const later = again('2030-01-01T13:05:00.000Z')
    const wished = { type: 'PasswordResetRequested' as const, data: later.data }
    given(account, registered, requested).when(again('2030-01-01T13:04:59.999Z')).yields()
    given(account, registered, requested).when(later).yields(wished)
    given(account, registered, requested, wished).when(reset, at(noon)).refuses('LinkExpired')
  })
})

describe('an address', () => {
  const change = {
    type: 'RequestEmailChange' as const,
    data: { requestId: first, email: 'countess@example.org', expiresAt: one },
  }
  const wanted = { ...change, type: 'EmailChangeRequested' as const }
  const other = {
    type: 'EmailChangeRequested' as const,
    data: { requestId: second, email: 'lady@example.org', expiresAt: one },
  }
  const follow = { type: 'ChangeEmail' as const, data: { requestId: first } }
  const changed = {
    type: 'EmailChanged' as const,
    data: { requestId: first, email: 'countess@example.org', previous: ada.email },
  }
  const lapsed = {
    type: 'EmailChangeLapsed' as const,
    data: { requestId: first, email: 'countess@example.org' },
  }

  test('is verified once, and only while it is the current one', () => {
    const verify = { type: 'VerifyEmail' as const, data: { email: ada.email } }
    given(account, registered).when(verify).yields(verified)
    given(account, registered, verified).when(verify).yields()
    const now = { ...verify, data: { ...verify.data, credentials: 0 } }
    given(account, registered).when(now).yields(verified)
    given(account, registered, wanted, changed).when(verify).refuses('LinkExpired')
  })

  test('gets another mail at most once a minute, and none once it is verified', () => {
    const ask = (expiresAt: string) => ({
      type: 'RequestEmailVerification' as const,
      data: { expiresAt },
    })
    const requested = { ...ask(one), type: 'EmailVerificationRequested' as const }
    given(account, registered).when(ask(one)).yields(requested)
    given(account, registered, requested).when(ask('2030-01-01T13:00:59.999Z')).yields()
    given(account, registered, verified).when(ask(one)).yields()
  })

  test('is changed once by the link in a mail, before its expiry', () => {
    given(account, registered).when(change).yields(wanted)
    given(account, registered, wanted)
      .when(follow, at(noon))
      .yields(changed, sessionsEnded(1, 'email_changed'))
    given(account, registered, wanted).when(follow, at(one)).refuses('LinkExpired')
    given(account, registered, wanted, changed).when(follow, at(noon)).refuses('LinkExpired')
    given(account, registered).when(follow, at(noon)).refuses('LinkExpired')
  })

  test('of a requested change is released with the account', () =>
    given(account, registered, wanted)
      .when({ type: 'CloseAccount', data: { reason: 'asked for' } })
      .yields(lapsed, closed))

  test('is not changed to another spelling of itself', () =>
    given(account, registered)
      .when({ ...change, data: { ...change.data, email: 'ADA@example.org' } })
      .refuses('SameEmail'))

  test('of a replaced or expired change is released', () => {
    given(account, registered, wanted)
      .when({ ...other, type: 'RequestEmailChange' })
      .yields(lapsed, other)
    const expire = { type: 'ExpireEmailChange' as const, data: { requestId: first } }
    given(account, registered, wanted).when(expire).yields(lapsed)
    given(account, registered, wanted, changed).when(expire).yields()
    given(account, registered, wanted, lapsed, other).when(expire).yields()
  })

  test('is requested once by a repeated request, and again by another one', () => {
    given(account, registered, wanted).when(change).yields()
    const again = { ...change.data, requestId: second }
    given(account, registered, wanted)
      .when({ ...change, data: again })
      .yields({ ...wanted, data: again })
  })

  test('of a released change is neither used nor released again', () => {
    const expire = { type: 'ExpireEmailChange' as const, data: { requestId: first } }
    given(account, registered, wanted, lapsed).when(expire).yields()
    given(account, registered, wanted, lapsed).when(follow, at(noon)).refuses('LinkExpired')
  })

  test('that was changed invalidates links that set a password', () => {
    const requested = {
      type: 'PasswordResetRequested' as const,
      data: { requestId: second, expiresAt: one },
    }
    given(account, registered, requested, wanted, changed)
      .when({ type: 'ResetPassword', data: { requestId: second, passwordHash: 'h' } }, at(noon))
      .refuses('LinkExpired')
  })
})

describe('a suspended account', () => {
  const suspend = { type: 'SuspendAccount' as const, data: { reason: 'spam' } }
  const suspended = { ...suspend, type: 'AccountSuspended' as const }
  const resume = { type: 'ResumeAccount' as const, data: {} }
  const resumed = { type: 'AccountResumed' as const, data: {} }
  const ended = sessionsEnded(1, 'suspended')

  test('has no sessions, until it is resumed and its user signs in again', () => {
    given(account, registered).when(suspend).yields(suspended, ended)
    given(account, registered, suspended, ended).when(suspend).yields()
    given(account, registered, suspended, ended).when(resume).yields(resumed)
    given(account, registered).when(resume).yields()
    given(account, registered, suspended, ended, resumed)
      .when(suspend)
      .yields(suspended, sessionsEnded(2, 'suspended'))
  })

  test('refuses commands of its user, but not of admins', () => {
    const mine = [
      { type: 'SetPassword', data: { passwordHash: 'x' } },
      { type: 'RequestPasswordReset', data: { requestId: first, expiresAt: one } },
      { type: 'ResetPassword', data: { requestId: first, passwordHash: 'x' } },
      { type: 'VerifyEmail', data: { email: ada.email } },
      { type: 'RequestEmailVerification', data: { expiresAt: one } },
      { type: 'RequestEmailChange', data: { requestId: first, email: 'a@b.org', expiresAt: one } },
      { type: 'ChangeEmail', data: { requestId: first } },
    ] as const
    for (const command of mine)
      given(account, registered, suspended, ended).when(command).refuses('Suspended')
    given(account, registered, suspended, ended)
      .when(grant('admin'))
      .yields({ type: 'RoleGranted', data: { role: 'admin' } })
    given(account, registered, suspended, ended)
      .when({ type: 'CloseAccount', data: { reason: 'asked for' } })
      .yields(closed)
  })
})

test('links are valid for an hour, those that verify an address for a week', () => {
  expect(resetHolds).toBe(3_600_000)
  expect(verificationHolds).toBe(604_800_000)
})

test('a failed sign-in is recorded with its data', () => {
  const data = { failures: 4, ip: '192.0.2.1' }
  given(account, registered)
    .when({ type: 'RecordFailedLogin', data })
    .yields({ type: 'LoginFailed', data })
  given(account).when({ type: 'RecordFailedLogin', data }).refuses('NoSuchAccount')
})

test('many failed sign-ins alarm the owner, at most once a day', () => {
  const failed = (failures: number, alarmedAt?: string) => ({
    type: 'LoginFailed' as const,
    data: { failures, ...(alarmedAt !== undefined && { alarmedAt }) },
  })
  const record = (failures: number) => ({
    type: 'RecordFailedLogin' as const,
    data: { failures },
  })
  const by = 'login'
  given(account, registered).when(record(8), { now: noon, by }).yields(failed(8))
  given(account, registered).when(record(16), { now: noon, by }).yields(failed(16, noon))
  const alarmed = given(account, registered, failed(16, noon), failed(32))
  alarmed.when(record(64), { now: '2030-01-02T11:59:59.999Z', by }).yields(failed(64))
  const dayLater = '2030-01-02T12:00:00.000Z'
  alarmed.when(record(64), { now: dayLater, by }).yields(failed(64, dayLater))
})

describe('external identities', () => {
  const identityIdOf = (subject: string) => externalIdentityIdOf('https://acme.example', subject)
  const identity = { identityId: identityIdOf('ada'), provider: 'acme' }
  const add = { type: 'AddSignIn' as const, data: identity }
  const ask = { type: 'AddSignIn' as const, data: { ...identity, asked: true as const } }
  const remove = { type: 'RemoveSignIn' as const, data: { provider: 'acme' } }
  const lose = { type: 'LoseSignIn' as const, data: { identityId: identity.identityId } }
  const added = { type: 'SignInAdded' as const, data: { ...identity, addedAt: noon } }
  const removed = { type: 'SignInRemoved' as const, data: identity }
  const other = { identityId: identityIdOf('ada-2'), provider: 'umbrella' }
  const addedOther = { type: 'SignInAdded' as const, data: { ...other, addedAt: noon } }
  const suspended = { type: 'AccountSuspended' as const, data: { reason: 'spam' } }

  test('are added once', () => {
    given(account, registered).when(add, at(noon)).yields(added)
    given(account, registered, added).when(add, at(one)).yields()
    given(account, registered, suspended).when(ask).refuses('Suspended')
  })

  test('that were removed are added again only on request of their user', () => {
    const past = [registered, passwordSet, added, removed] as const
    given(account, ...past)
      .when(add)
      .refuses('Unlinked')
    given(account, ...past)
      .when(ask, at(noon))
      .yields(added)
    given(account, ...past, added, removed, added)
      .when(add)
      .yields()
  })

  test('that were removed stay removed when another one is added again', () => {
    const removedOther = { type: 'SignInRemoved' as const, data: other }
    const past = [registered, passwordSet, added, removed, addedOther, removedOther] as const
    given(account, ...past, added)
      .when({ type: 'AddSignIn', data: other })
      .refuses('Unlinked')
  })

  test('that were removed are recorded up to their greatest number', () => {
    const many = Array.from({ length: 20 }, (_, nth) => {
      const data = { identityId: identityIdOf(`ada ${nth}`), provider: 'acme' }
      return [
        { type: 'SignInAdded' as const, data: { ...data, addedAt: noon } },
        { type: 'SignInRemoved' as const, data },
      ]
    }).flat()
    const past = [registered, passwordSet, added, removed] as const
    given(account, ...past, ...many.slice(2))
      .when(add)
      .refuses('Unlinked')
    given(account, ...past, ...many)
      .when(add, at(noon))
      .yields(added)
  })

  test('need an open account', () => {
    for (const command of [add, ask, remove, lose]) {
      given(account).when(command).refuses('NoSuchAccount')
      given(account, registered, closed).when(command).refuses('Closed')
    }
  })

  test('are removed while another sign-in remains', () => {
    const over = sessionsEnded(1, 'sign_in_removed')
    given(account, registered, passwordSet, added).when(remove).yields(removed, over)
    given(account, registered, added, addedOther).when(remove).yields(removed, over)
    given(account, registered, added).when(remove).refuses('LastSignIn')
    given(account, registered, added, addedOther, {
      type: 'SignInRemoved',
      data: other,
    })
      .when(remove)
      .refuses('LastSignIn')
    given(account, registered).when(remove).yields()
    given(account, registered, passwordSet, addedOther).when(remove).yields()
  })

  test('that belong to another account are removed, also the last one', () => {
    given(account, registered, added).when(lose).yields(removed)
    given(account, registered, passwordSet, addedOther).when(lose).yields()
  })

  test('have a greatest number', () => {
    const many = Array.from({ length: 20 }, (_, at) => ({
      type: 'SignInAdded' as const,
      data: { identityId: identityIdOf(`ada ${at}`), provider: 'acme', addedAt: noon },
    }))
    given(account, registered, ...many)
      .when(ask)
      .refuses('TooManySignIns')
  })

  test('end with the account', () =>
    given(account, registered, added)
      .when({ type: 'CloseAccount', data: { reason: 'asked for' } })
      .yields(removed, closed))
})

describe('a request with earlier credentials', () => {
  const expiresAt = '2030-01-01T13:00:00.000Z'
  const reset = {
    type: 'PasswordResetRequested' as const,
    data: { requestId: first, expiresAt },
  }
  const wanted = {
    type: 'EmailChangeRequested' as const,
    data: { requestId: second, expiresAt, email: 'thief@example.net' },
  }
  const identity = {
    identityId: externalIdentityIdOf('https://acme.example', 'ada'),
    provider: 'acme',
  }
  const changes = [
    { type: 'PasswordSet', data: { passwordHash: 'hash-2' } },
    sessionsEnded(1, 'suspended'),
    {
      type: 'EmailChanged',
      data: { requestId: second, email: 'new@example.org', previous: ada.email },
    },
    { type: 'SignInAdded', data: { ...identity, addedAt: noon } },
    { type: 'SignInRemoved', data: identity },
  ] as const

  test.each(changes)('is refused after $type', (change) => {
    const past = [registered, passwordSet, reset, wanted, change] as const
    given(account, ...past)
      .when({ type: 'ResetPassword', data: { requestId: first, passwordHash: 'hash-3' } }, at(noon))
      .refuses('LinkExpired')
    given(account, ...past)
      .when({ type: 'ChangeEmail', data: { requestId: second } }, at(noon))
      .refuses('LinkExpired')
    const email = change.type === 'EmailChanged' ? change.data.email : ada.email
    const verify = (credentials: number) => ({
      type: 'VerifyEmail' as const,
      data: { email, credentials },
    })
    given(account, ...past)
      .when(verify(0))
      .refuses('LinkExpired')
    const isVerified = change.type === 'EmailChanged'
    given(account, ...past)
      .when(verify(1))
      .yields(...(isVerified ? [] : [{ type: 'EmailVerified' as const, data: { email } }]))
    const add = (credentials: number) => ({
      type: 'AddSignIn' as const,
      data: {
        identityId: externalIdentityIdOf('https://acme.example', 'another'),
        provider: 'acme',
        asked: true as const,
        credentials,
      },
    })
    given(account, ...past)
      .when(add(0))
      .refuses('CredentialsChanged')
  })

  test('can be repeated at once', () => {
    const again = { ...reset, data: { ...reset.data, requestId: second } }
    given(account, registered, passwordSet, reset, changes[0])
      .when({ ...again, type: 'RequestPasswordReset' })
      .yields(again)
  })

  test('is not delayed by a link that a clock an hour ahead had dated', () => {
    const ahead = { ...reset, data: { requestId: first, expiresAt: '2030-01-01T14:00:00.000Z' } }
    const now = { ...reset, data: { requestId: second, expiresAt } }
    given(account, registered, ahead)
      .when({ ...now, type: 'RequestPasswordReset' })
      .yields(now)
  })
})
