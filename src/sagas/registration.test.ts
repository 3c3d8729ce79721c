import { describe, expect, test } from 'vitest'
import { derivedId, send, streamOf } from '#kernel'
import { reacting, recorded, refusalOf } from '#kernel/testing'
import { account, email, emailIdOf, username, usernameIdOf } from '../domains/identity/language.ts'
import { UserId } from '../domains/shared/index.ts'
import { registration } from './registration.ts'

const userId = derivedId(UserId, 'ada')
const registered = recorded(streamOf(account, userId), {
  type: 'UserRegistered',
  data: { userId, email: 'Ada@example.org', username: 'Ada', roles: ['buyer'] },
})
const confirmEmail = send(email, emailIdOf('ada@example.org'), 'ConfirmEmail', { userId })
const confirmUsername = send(username, usernameIdOf('ada'), 'ConfirmUsername', { userId })
const undo = [
  send(email, emailIdOf('ada@example.org'), 'ReleaseEmail', { userId }),
  send(username, usernameIdOf('ada'), 'ReleaseUsername', { userId }),
]

describe('a registration', () => {
  test('confirms the claims on address and username', () =>
    expect(reacting(registration).given().on(registered)).toMatchObject({
      steps: [confirmEmail, confirmUsername],
      ended: true,
    }))

  test.each([
    ['address', confirmEmail, 'email_taken'],
    ['username', confirmUsername, 'username_taken'],
  ])('whose %s another account has claimed is compensated', (_, step, reason) => {
    const move = reacting(registration).given(registered).on(refusalOf(step, 'Taken'))
    expect(move.steps).toEqual([send(account, userId, 'CloseAccount', { reason }), ...undo])
    expect(move.ended).toBe(true)
  })
})
