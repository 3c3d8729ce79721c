import { expect, test } from 'vitest'
import { derivedId, send, streamOf } from '#kernel'
import { reacting, recorded } from '#kernel/testing'
import { account } from '../domains/identity/language.ts'
import { profile } from '../domains/profiles/language.ts'
import { UserId } from '../domains/shared/index.ts'
import { selling } from './selling.ts'

const userId = derivedId(UserId, 'ada')
const ofProfile = (type: string, data: object) =>
  recorded(streamOf(profile, userId), { type, data })

test('a seller profile grants the role once, so that a revoked role is not restored', () => {
  const activated = ofProfile('SellerProfileActivated', { displayName: 'Engines' })
  const again = ofProfile('SellerProfileActivated', { displayName: 'Better engines' })
  expect(reacting(selling).given().on(activated).steps).toEqual([
    send(account, userId, 'GrantRole', { role: 'seller' }),
  ])
  expect(reacting(selling).given(activated).on(again).steps).toEqual([])
})
