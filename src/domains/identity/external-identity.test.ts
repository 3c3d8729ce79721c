import { describe, expect, test } from 'vitest'
import { derivedId } from '#kernel'
import { given } from '#kernel/testing'
import { UserId } from '../shared/index.ts'
import { externalIdentity, externalIdentityIdOf } from './external-identity.ts'

const ada = { userId: derivedId(UserId, 'ada') }
const eve = { userId: derivedId(UserId, 'eve') }
const claimed = {
  type: 'OAuthIdentityClaimed' as const,
  data: { ...ada, claimedAt: '2030-01-01T00:00:00.000Z' },
}
const link = (who: typeof ada) => ({
  type: 'LinkOAuthIdentity' as const,
  data: { ...who, provider: 'acme' },
})
const linked = { type: 'OAuthIdentityLinked' as const, data: { ...ada, provider: 'acme' } }
const released = { type: 'OAuthIdentityReleased' as const, data: ada }
const late = { now: '2030-01-01T00:01:00.000Z', by: 'tester' }

describe('an external identity', () => {
  test('belongs to the first account that claims it', () => {
    given(externalIdentity).when({ type: 'ClaimOAuthIdentity', data: ada }).yields(claimed)
    given(externalIdentity, claimed)
      .when({ type: 'ClaimOAuthIdentity', data: eve })
      .refuses('Taken')
  })

  test('may be claimed again when the first claim expired', () =>
    given(externalIdentity, claimed)
      .when({ type: 'ClaimOAuthIdentity', data: eve }, late)
      .yields({ ...claimed, data: { ...eve, claimedAt: late.now } }))

  test('is linked to one account, for good', () => {
    given(externalIdentity, claimed).when(link(ada)).yields(linked)
    given(externalIdentity, claimed, linked).when(link(ada)).yields()
    given(externalIdentity, claimed).when(link(eve)).refuses('Taken')
    given(externalIdentity, claimed, linked)
      .when({ type: 'ClaimOAuthIdentity', data: eve }, late)
      .refuses('Taken')
  })

  test('is released by its account only', () => {
    const letGo = (data: typeof ada) => ({ type: 'ReleaseOAuthIdentity' as const, data })
    given(externalIdentity, claimed, linked).when(letGo(ada)).yields(released)
    given(externalIdentity, claimed, linked).when(letGo(eve)).yields()
    given(externalIdentity, claimed, linked, released)
      .when({ type: 'ClaimOAuthIdentity', data: ada })
      .yields(claimed)
  })
})

test('the id depends on issuer and subject', () => {
  const id = externalIdentityIdOf('https://a.example', 'ada')
  expect(id).toMatch(/^[0-9a-f]{64}$/)
  expect(externalIdentityIdOf('https://a.example', 'ada')).toBe(id)
  expect(externalIdentityIdOf('https://b.example', 'ada')).not.toBe(id)
  expect(externalIdentityIdOf('https://a.example', 'eve')).not.toBe(id)
})
