import { expect, test } from 'vitest'
import { derivedId, streamOf } from '#kernel'
import { folding, recorded } from '#kernel/testing'
import { session } from '../domains/identity/language.ts'
import { SessionId, UserId } from '../domains/shared/index.ts'
import { sessions } from './sessions.ts'

const id = derivedId(SessionId, 'here')
const userId = derivedId(UserId, 'ada')
const stream = streamOf(session, id)
const [monday, tuesday] = ['2030-01-07T08:00:00.000Z', '2030-01-08T08:00:00.000Z']
const signIn = { userId, expiresAt: '2030-02-07T08:00:00.000Z', userAgent: 'curl/8', ip: '::1' }
const opened = recorded(
  stream,
  { type: 'UserLoggedIn', data: { ...signIn, refreshHash: 'hash' } },
  { at: monday },
)
const happened = (type: string, data: object) => recorded(stream, { type, data }, { at: tuesday })

test('a session has user, device and expiry, and no secrets', () =>
  expect(folding(sessions, opened).into(id)).toEqual({
    id,
    ...signIn,
    status: 'OPEN',
    era: 0,
    createdAt: monday,
    refreshedAt: monday,
  }))

test('a session has the time of its last refresh', () => {
  const rotated = { rotation: 1, refreshHash: 'hash', rotatedAt: tuesday }
  expect(
    folding(sessions, opened, happened('RefreshTokenRotated', rotated)).into(id),
  ).toMatchObject({ createdAt: monday, refreshedAt: tuesday })
})

test('a forgotten session is removed', () =>
  expect(
    folding(sessions, opened, happened('SessionForgotten', { userId })).into(id),
  ).toBeUndefined())

test('an expired session is removed, however it had ended', () =>
  expect(
    folding(
      sessions,
      opened,
      happened('UserLoggedOut', { userId }),
      happened('SessionExpired', { userId }),
    ).into(id),
  ).toBeUndefined())

test.each([
  ['UserLoggedOut', { userId }, 'LOGGED_OUT'],
  ['SessionRevoked', { userId, reason: 'lost' }, 'REVOKED'],
])('a session that ended by %s has that status', (type, data, status) =>
  expect(folding(sessions, opened, happened(type, data)).into(id)).toMatchObject({
    status,
    endedAt: tuesday,
  }),
)
