import { expect, test } from 'vitest'
import { checksOf } from './checks.ts'
import { Unavailable } from '../platform/unavailable.ts'

const unavailable = async () => {
  throw new Unavailable('It cannot be reached')
}
const ok = async () => []

test('a check names an unavailable store', async () => {
  const checks = checksOf({ postgres: unavailable, eventstoredb: ok }, { projections: ok })
  expect(await checks()).toEqual([
    { name: 'postgres', ok: false, detail: 'It cannot be reached' },
    { name: 'eventstoredb', ok: true },
  ])
})

test('a store that becomes unavailable while the read models are checked is named instead of them', async () => {
  let calls = 0
  const becomesUnavailable = async () => (++calls === 1 ? [] : unavailable())
  const checks = checksOf({ postgres: becomesUnavailable }, { projections: unavailable })
  expect(await checks()).toEqual([{ name: 'postgres', ok: false, detail: 'It cannot be reached' }])
})

test('read models that cannot be checked are not ready', async () => {
  const checks = checksOf({ postgres: ok }, { projections: unavailable })
  expect(await checks()).toEqual([
    { name: 'postgres', ok: true },
    { name: 'projections', ok: false, detail: 'It cannot be reached' },
  ])
})

test('checks of other processes and, on a gateway, lagging read models are optional', async () => {
  const tea = { name: 'tea', ok: false, optional: true }
  const behind = async () => [{ name: 'pots', generation: 0, lagSeconds: 0 }] as never
  const checks = checksOf(
    { postgres: ok },
    { projections: behind },
    { others: () => [tea], lagMatters: false },
  )
  expect(await checks()).toEqual([
    { name: 'postgres', ok: true },
    { name: 'projections', ok: false, detail: 'Behind: pots', optional: true },
    tea,
  ])
})

test('concurrent requests share one check, and a later request starts another', async () => {
  let calls = 0
  const checks = checksOf({ postgres: async () => (calls += 1) }, { projections: ok })
  await Promise.all([checks(), checks(), checks()])
  expect(calls).toBe(1)
  await checks()
  expect(calls).toBe(2)
})

const hangs = () => new Promise<never>(() => undefined)

test('a store that hangs is reported after the limit, and not called again meanwhile', async () => {
  let calls = 0
  const hanging = () => {
    calls += 1
    return hangs()
  }
  const checks = checksOf(
    { postgres: hanging, eventstoredb: ok },
    { projections: ok },
    { limit: 20 },
  )
  for (let round = 0; round < 3; round++)
    expect(await checks()).toEqual([
      { name: 'postgres', ok: false, detail: 'No answer within 20 ms' },
      { name: 'eventstoredb', ok: true },
    ])
  expect(calls).toBe(1)
})

test('a store that answers again after hanging is reported as available', async () => {
  const late = Promise.withResolvers<void>()
  let hung = true
  const ask = () => (hung ? late.promise : Promise.resolve())
  const checks = checksOf({ postgres: ask }, { projections: ok }, { limit: 20 })
  expect(await checks()).toMatchObject([{ ok: false }])
  hung = false
  late.resolve()
  await late.promise
  expect(await checks()).toMatchObject([{ ok: true }, { name: 'projections', ok: true }])
})

test('read models whose check exceeds the limit are not ready', async () => {
  const checks = checksOf({ postgres: ok }, { projections: hangs }, { limit: 20 })
  expect(await checks()).toEqual([
    { name: 'postgres', ok: true },
    { name: 'projections', ok: false, detail: 'No answer within 20 ms' },
  ])
})

test('differences from the payment provider’s ledger are reported by an optional check', async () => {
  const found: string[] = []
  const checks = checksOf(
    { postgres: ok },
    { projections: ok },
    { paymentDifferences: async () => found },
  )
  expect((await checks()).at(-1)).toEqual({ name: 'payments', ok: true, optional: true })
  found.push('one', 'another')
  expect((await checks()).at(-1)).toEqual({
    name: 'payments',
    ok: false,
    optional: true,
    detail: expect.stringContaining('2'),
  })
})

test.each([
  ['hangs', () => hangs(), 'No answer within 20 ms'],
  ['fails', () => Promise.reject(new Unavailable('The ledger is away')), 'The ledger is away'],
])('a ledger that %s is reported by an optional check', async (_, paymentDifferences, detail) => {
  const checks = checksOf({ postgres: ok }, { projections: ok }, { paymentDifferences, limit: 20 })
  expect(await checks()).toEqual([
    { name: 'postgres', ok: true },
    { name: 'projections', ok: true },
    { name: 'payments', ok: false, optional: true, detail },
  ])
})

test('an unavailable store of single read models, and read models that lag in it, are reported by optional checks', async () => {
  const behind = async () =>
    [{ name: 'notifications', store: 'mongo', generation: 1, lagSeconds: 99 }] as never
  const checks = checksOf(
    { postgres: ok },
    { projections: behind },
    { beside: { mongodb: unavailable } },
  )
  expect(await checks()).toEqual([
    { name: 'postgres', ok: true },
    { name: 'projections', ok: false, detail: 'Behind: notifications', optional: true },
    { name: 'mongodb', ok: false, detail: 'It cannot be reached', optional: true },
  ])
})
