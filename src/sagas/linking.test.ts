import { describe, expect, test } from 'vitest'
import { derivedId, send, streamOf } from '#kernel'
import { reacting, recorded, refusalOf } from '#kernel/testing'
import { account, externalIdentity, externalIdentityIdOf } from '../domains/identity/language.ts'
import { UserId } from '../domains/shared/index.ts'
import { linking } from './linking.ts'

const userId = derivedId(UserId, 'ada')
const identityId = externalIdentityIdOf('https://acme.example', 'ada')
const happened = <T extends string, D>(type: T, data: D) =>
  recorded(streamOf(account, userId), { type, data })
const signIn = { identityId, provider: 'acme' }
const added = happened('SignInAdded', { ...signIn, addedAt: '2030-01-01T00:00:00.000Z' })
const removed = happened('SignInRemoved', signIn)
const link = send(externalIdentity, identityId, 'LinkOAuthIdentity', { userId, provider: 'acme' })

describe('an added sign-in', () => {
  test('is linked to the account', () => {
    const move = reacting(linking).given().on(added)
    expect(move.steps).toEqual([link])
    expect(move.resting).toBe(true)
  })

  test('whose identity another account has is removed from the account', () =>
    expect(reacting(linking).given(added).on(refusalOf(link, 'Taken')).steps).toEqual([
      send(account, userId, 'LoseSignIn', { identityId }),
    ]))

  test('is released once it is removed', () =>
    expect(reacting(linking).given(added).on(removed).steps).toEqual([
      send(externalIdentity, identityId, 'ReleaseOAuthIdentity', { userId }),
    ]))
})
