import { describe, expect, test } from 'vitest'
import { after, derivedId, minutes, send, streamOf } from '#kernel'
import { reacting, recorded } from '#kernel/testing'
import { account, email, emailIdOf, RequestId } from '../domains/identity/language.ts'
import { UserId } from '../domains/shared/index.ts'
import { emailChange } from './email-change.ts'

const userId = derivedId(UserId, 'ada')
const requestId = derivedId(RequestId, '1')
const happened = <T extends string, D>(type: T, data: D) =>
  recorded(streamOf(account, userId), { type, data })
const [old, wanted] = ['ada@example.org', 'countess@example.org']
const requested = happened('EmailChangeRequested', {
  requestId,
  email: wanted,
  expiresAt: '2030-01-01T01:00:00.000Z',
})
const changed = happened('EmailChanged', { requestId, email: wanted, previous: old })
const lapsed = happened('EmailChangeLapsed', { requestId, email: wanted })

describe('a change of address', () => {
  test('expires some minutes after its link', () =>
    expect(reacting(emailChange).given().on(requested).steps).toEqual([
      after(minutes(70), send(account, userId, 'ExpireEmailChange', { requestId })),
    ]))

  test('that is confirmed reserves the new address and releases the old one', () =>
    expect(reacting(emailChange).given(requested).on(changed).steps).toEqual([
      send(email, emailIdOf(wanted), 'ConfirmEmail', { userId }),
      send(email, emailIdOf(old), 'ReleaseEmail', { userId }),
    ]))

  test('that lapses releases the new address', () =>
    expect(reacting(emailChange).given(requested).on(lapsed).steps).toEqual([
      send(email, emailIdOf(wanted), 'ReleaseEmail', { userId }),
    ]))

  test('rests after it was confirmed or lapsed, until the next one', () => {
    const { resting } = reacting(emailChange).given(requested).on(changed)
    expect(resting).toBe(true)
    expect(reacting(emailChange).given(requested).on(lapsed).resting).toBe(true)
    expect(reacting(emailChange).given(requested, changed).on(requested).resting).toBeUndefined()
  })

  test('is handled by the same run as the next one', () => {
    const move = reacting(emailChange).given(requested, changed).on(requested)
    expect(move.steps).toHaveLength(1)
    expect(move.ended).toBe(false)
  })
})
