import { describe, test } from 'vitest'
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
