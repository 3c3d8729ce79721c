import { expect, test } from 'vitest'
import { digest } from '#kernel'
import { given } from '#kernel/testing'
import { serviceAccount, validSecrets } from './service-account.ts'

/** The context of a decision. */
const at = (now: string) => ({ now, by: 'tester' })

const settings = { name: 'warehouse', roles: ['admin' as const], operations: ['restock'] }
const data = { ...settings, secretHash: digest('first') }
const created = { type: 'ServiceAccountCreated' as const, data }
const revoked = { type: 'ServiceAccountRevoked' as const, data: {} }
const rotated = {
  type: 'ServiceSecretRotated' as const,
  data: { number: 2, secretHash: digest('second'), previousUntil: '2030-01-02T00:00:00.000Z' },
}
const rotate = (number: number, overlapHours = 24) => ({
  type: 'RotateServiceSecret' as const,
  data: { number, secretHash: digest('second'), overlapHours },
})

test('a repeated creation, change or revocation yields nothing', () => {
  given(serviceAccount).when({ type: 'CreateServiceAccount', data }).yields(created)
  given(serviceAccount, created).when({ type: 'CreateServiceAccount', data }).yields()
  const change = { ...settings, operations: ['restock', 'createPost'] }
  const changed = { type: 'ServiceAccountChanged' as const, data: change }
  const changing = { type: 'ChangeServiceAccount' as const, data: change }
  given(serviceAccount, created).when(changing).yields(changed)
  given(serviceAccount, created, changed).when(changing).yields()
  const revoke = { type: 'RevokeServiceAccount' as const, data: {} }
  given(serviceAccount, created).when(revoke).yields(revoked)
  given(serviceAccount, created, revoked).when(revoke).yields()
})

test('a rotation is of the secret that there is: one of two at once is refused', () => {
  given(serviceAccount, created).when(rotate(2)).yields(rotated)
  given(serviceAccount, created, rotated).when(rotate(2)).refuses('SecretChanged')
})

test('nothing can be done with an account that is not there, or was revoked', () => {
  const change = { type: 'ChangeServiceAccount' as const, data: settings }
  for (const command of [change, rotate(2)]) {
    given(serviceAccount).when(command).refuses('NoSuchServiceAccount')
    given(serviceAccount, created, revoked).when(command).refuses('ServiceAccountRevoked')
  }
  given(serviceAccount)
    .when({ type: 'RevokeServiceAccount', data: {} })
    .refuses('NoSuchServiceAccount')
})

test('the previous secret is valid until the end of the overlap, and none after a revocation', () => {
  const { evolve, initialState } = serviceAccount
  const numbers = (
    events: readonly (typeof created | typeof rotated | typeof revoked)[],
    now: string,
  ) =>
    validSecrets(
      events.reduce((state, event) => evolve(state, event), initialState),
      now,
    ).map(({ number }) => number)
  const now = '2030-01-01T23:59:59.999Z'
  expect(numbers([], now)).toEqual([])
  expect(numbers([created], now)).toEqual([1])
  expect(numbers([created, rotated], now)).toEqual([2, 1])
  expect(numbers([created, rotated], rotated.data.previousUntil)).toEqual([2])
  expect(numbers([created, rotated, revoked], now)).toEqual([])
})

test('without an overlap, the previous secret ends at once', () => {
  const now = '2030-01-01T00:00:00.000Z'
  given(serviceAccount, created)
    .when(rotate(2, 0), at(now))
    .yields({ ...rotated, data: { ...rotated.data, previousUntil: now } })
})
