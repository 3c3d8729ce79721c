import { describe, expect, test } from 'vitest'
import { derivedId } from '#kernel'
import { given } from '#kernel/testing'
import { UserId } from '../shared/index.ts'
import { session } from './session.ts'

const signIn = {
  userId: derivedId(UserId, 'ada'),
  refreshHash: 'hash',
  expiresAt: '2030-02-01T00:00:00.000Z',
  userAgent: 'curl/8',
  ip: '192.0.2.1',
}
const open = { type: 'OpenSession' as const, data: signIn }
const opened = { type: 'UserLoggedIn' as const, data: signIn }

const at = (now: string) => ({ now, by: 'tester' })
const noon = '2030-01-01T12:00:00.000Z'
const rotate = (rotation: number, refreshHash: string, nextHash: string) => ({
  type: 'RotateRefreshToken' as const,
  data: { rotation, refreshHash, nextHash },
})
const rotated = (rotation: number, refreshHash: string, rotatedAt = noon) => ({
  type: 'RefreshTokenRotated' as const,
  data: { rotation, refreshHash, rotatedAt },
})
const { userId } = signIn
const loggedOut = { type: 'UserLoggedOut' as const, data: { userId } }
const revoke = { type: 'RevokeSession' as const, data: { reason: 'lost my phone' } }
const revoked = { type: 'SessionRevoked' as const, data: { userId, reason: 'lost my phone' } }
const reused = (rotation: number) =>
  [
    { type: 'RefreshTokenReuseDetected', data: { userId, rotation } },
    { type: 'SessionRevoked', data: { userId, reason: 'refresh_token_reused' } },
  ] as const

describe('a session', () => {
  test('is opened once', () => {
    given(session).when(open).yields(opened)
    given(session, opened).when(open).yields()
  })

  test('stays with the user who opened it', () =>
    given(session, opened)
      .when({ ...open, data: { ...signIn, userId: derivedId(UserId, 'eve') } })
      .refuses('AlreadyOpen'))
})

describe('an expired session', () => {
  const expire = { type: 'ExpireSession' as const, data: {} }
  const expired = { type: 'SessionExpired' as const, data: { userId } }

  test('is recorded once, ended before or not, and not too early', () => {
    given(session, opened).when(expire, at('2030-01-31T23:59:59.999Z')).refuses('StillGood')
    given(session, opened).when(expire, at(signIn.expiresAt)).yields(expired)
    given(session, opened, loggedOut).when(expire, at(signIn.expiresAt)).yields(expired)
    given(session, opened, expired).when(expire, at(signIn.expiresAt)).yields()
    given(session).when(expire, at(signIn.expiresAt)).refuses('NoSuchSession')
  })

  test('needs no other end', () => {
    given(session, opened, expired).when(revoke).yields()
    given(session, opened, expired)
      .when(rotate(0, 'hash', 'next'), at(noon))
      .refuses('SessionEnded')
  })
})

describe('a refresh token', () => {
  test('is replaced by the next one when it is used', () => {
    given(session, opened)
      .when(rotate(0, 'hash', 'b'), at(noon))
      .yields(rotated(1, 'b'))
    given(session, opened, rotated(1, 'b'))
      .when(rotate(1, 'b', 'c'), at(noon))
      .yields(rotated(2, 'c'))
  })

  test('that was replaced just now gets its successor again, as an answer may have been lost', () => {
    const inTime = at('2030-01-01T12:00:10.000Z')
    given(session, opened, rotated(1, 'b'))
      .when(rotate(0, 'hash', 'b'), inTime)
      .yields()
  })

  test('that is reused later ends the session', () => {
    const late = at('2030-01-01T12:00:10.001Z')
    given(session, opened, rotated(1, 'b'))
      .when(rotate(0, 'hash', 'b'), late)
      .yields(...reused(0))
  })

  test('that was replaced in the future, after the clock was set back, is not accepted', () => {
    const soon = rotated(1, 'b', '2030-01-01T13:00:00.000Z')
    given(session, opened, soon)
      .when(rotate(0, 'hash', 'b'), at('2030-01-01T12:00:01.000Z'))
      .yields(...reused(0))
    // The clocks of two processes differ by some ms.
    given(session, opened, soon)
      .when(rotate(0, 'hash', 'b'), at('2030-01-01T12:59:58.000Z'))
      .yields()
  })

  test('that is older than the previous one ends the session at once', () =>
    given(session, opened, rotated(1, 'b'), rotated(2, 'c'))
      .when(rotate(0, 'hash', 'b'), at(noon))
      .yields(...reused(0)))

  test('is refused once the session has ended', () => {
    for (const end of [loggedOut, revoked, ...reused(0)])
      if (end.type !== 'RefreshTokenReuseDetected')
        given(session, opened, end)
          .when(rotate(0, 'hash', 'b'), at(noon))
          .refuses('SessionEnded')
    given(session, opened)
      .when(rotate(0, 'hash', 'b'), at(signIn.expiresAt))
      .refuses('SessionEnded')
  })

  test('that was never issued has no effect', () => {
    given(session, opened, rotated(1, 'b'))
      .when(rotate(0, 'forged', 'b'), at(noon))
      .refuses('NotItsToken')
    given(session, opened)
      .when(rotate(1, 'b', 'c'), at(noon))
      .refuses('NotItsToken')
    given(session, opened)
      .when(rotate(0, 'forged', 'b'), at(noon))
      .refuses('NotItsToken')
    given(session)
      .when(rotate(0, 'hash', 'b'), at(noon))
      .refuses('NoSuchSession')
  })
})

test('a session is forgotten once, and has ended then', () => {
  const forget = { type: 'ForgetSession' as const, data: {} }
  const forgotten = { type: 'SessionForgotten' as const, data: { userId } }
  given(session, opened).when(forget).yields(forgotten)
  given(session, opened, revoked).when(forget).yields(forgotten)
  given(session, opened, forgotten).when(forget).yields()
  given(session, opened, forgotten)
    .when(rotate(0, 'hash', 'next'), at(noon))
    .refuses('SessionEnded')
  given(session).when(forget).refuses('NoSuchSession')
})

test('the state of a session has when it was opened, and whether it was revoked', () => {
  const openedAt = '2030-01-01T00:00:00.000Z'
  const begun = { ...opened, data: { ...signIn, openedAt } }
  const state = [begun, revoked].reduce(session.evolve, session.initialState)
  expect(state).toMatchObject({ status: 'ended', openedAt, revoked: true })
  expect(session.evolve(session.initialState, opened)).not.toHaveProperty('openedAt')
})

describe('the end of a session', () => {
  const logOut = { type: 'LogOut' as const, data: {} }
  test('is recorded once', () => {
    given(session, opened).when(logOut).yields(loggedOut)
    given(session, opened).when(revoke).yields(revoked)
    for (const end of [loggedOut, revoked]) {
      given(session, opened, end).when(logOut).yields()
      given(session, opened, end).when(revoke).yields()
    }
  })

  test('needs a session', () => {
    given(session).when(logOut).refuses('NoSuchSession')
    given(session).when(revoke).refuses('NoSuchSession')
  })
})
