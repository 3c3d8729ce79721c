import { describe, expect, test } from 'vitest'
import { derivedId } from '#kernel'
import { given } from '#kernel/testing'
import { UserId } from '../shared/index.ts'
import { normalUsername, username, usernameIdOf } from './username.ts'

const ada = { userId: derivedId(UserId, 'ada') }
const eve = { userId: derivedId(UserId, 'eve') }
const claimed = {
  type: 'UsernameClaimed' as const,
  data: { ...ada, claimedAt: '2030-01-01T00:00:00.000Z' },
}
const confirmed = { type: 'UsernameConfirmed' as const, data: ada }
const released = { type: 'UsernameReleased' as const, data: ada }

describe('a username', () => {
  test('belongs to its first claimant', () => {
    given(username).when({ type: 'ClaimUsername', data: ada }).yields(claimed)
    given(username, claimed).when({ type: 'ClaimUsername', data: eve }).refuses('Taken')
  })

  test('is confirmed for its owner', () => {
    given(username, claimed).when({ type: 'ConfirmUsername', data: ada }).yields(confirmed)
    given(username, claimed).when({ type: 'ConfirmUsername', data: eve }).refuses('Taken')
    given(username, claimed, confirmed).when({ type: 'ConfirmUsername', data: ada }).yields()
    given(username, claimed, released)
      .when({ type: 'ConfirmUsername', data: eve })
      .yields({ ...confirmed, data: eve })
  })

  test('is released by its owner, and free after that', () => {
    given(username, claimed, confirmed)
      .when({ type: 'ReleaseUsername', data: ada })
      .yields(released)
    given(username, claimed, released).when({ type: 'ClaimUsername', data: ada }).yields(claimed)
  })
})

test('all spellings of a username have one id, which does not show it', () => {
  expect(usernameIdOf(' Ada.Lovelace ')).toBe(usernameIdOf('ada.lovelace'))
  expect(usernameIdOf('ADA')).not.toBe(usernameIdOf('eve'))
  expect(usernameIdOf('ada')).not.toContain('ada')
  expect(normalUsername(' Ada\uff0eL ')).toBe('ada.l')
})
