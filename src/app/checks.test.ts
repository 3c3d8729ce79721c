import { expect, test } from 'vitest'
import { checksOf } from './checks.ts'
import { Unavailable } from '../platform/unavailable.ts'

const away = async () => {
  throw new Unavailable('It cannot be reached')
}
const nothing = async () => []

test('a store that is away is named', async () => {
  const checks = checksOf({ postgres: away, eventstoredb: nothing }, { projections: nothing })
  expect(await checks()).toEqual([
    { name: 'postgres', ok: false, detail: 'It cannot be reached' },
    { name: 'eventstoredb', ok: true },
  ])
})

test('a store that goes away while the read models are looked after is the one that is named', async () => {
  let asked = 0
  const goesAway = async () => (++asked === 1 ? [] : away())
  const checks = checksOf({ postgres: goesAway }, { projections: away })
  expect(await checks()).toEqual([{ name: 'postgres', ok: false, detail: 'It cannot be reached' }])
})

test('read models that cannot be looked after are not ready', async () => {
  const checks = checksOf({ postgres: nothing }, { projections: away })
  expect(await checks()).toEqual([
    { name: 'postgres', ok: true },
    { name: 'projections', ok: false, detail: 'It cannot be reached' },
  ])
})

test('what others serve is told of, and waited for by nobody', async () => {
  const tea = { name: 'tea', ok: false, optional: true }
  const behind = async () => [{ name: 'pots', generation: 0, lagSeconds: 0 }] as never
  const checks = checksOf(
    { postgres: nothing },
    { projections: behind },
    { others: () => [tea], lagMatters: false },
  )
  expect(await checks()).toEqual([
    { name: 'postgres', ok: true },
    { name: 'projections', ok: false, detail: 'Behind: pots', optional: true },
    tea,
  ])
})

test('many who ask at once cost one look, and who asks later another one', async () => {
  let asked = 0
  const checks = checksOf({ postgres: async () => (asked += 1) }, { projections: nothing })
  await Promise.all([checks(), checks(), checks()])
  expect(asked).toBe(1)
  await checks()
  expect(asked).toBe(2)
})

const hangs = () => new Promise<never>(() => undefined)

test('a store that hangs is named in time, and is not asked again while it does', async () => {
  let asked = 0
  const hanging = () => {
    asked += 1
    return hangs()
  }
  const checks = checksOf(
    { postgres: hanging, eventstoredb: nothing },
    { projections: nothing },
    { limit: 20 },
  )
  for (let round = 0; round < 3; round++)
    expect(await checks()).toEqual([
      { name: 'postgres', ok: false, detail: 'It has not answered within 20 ms' },
      { name: 'eventstoredb', ok: true },
    ])
  expect(asked).toBe(1)
})

test('a store that hung and answers again is well', async () => {
  const late = Promise.withResolvers<void>()
  let hung = true
  const ask = () => (hung ? late.promise : Promise.resolve())
  const checks = checksOf({ postgres: ask }, { projections: nothing }, { limit: 20 })
  expect(await checks()).toMatchObject([{ ok: false }])
  hung = false
  late.resolve()
  await late.promise
  expect(await checks()).toMatchObject([{ ok: true }, { name: 'projections', ok: true }])
})

test('read models that cannot be looked after in time are not ready', async () => {
  const checks = checksOf({ postgres: nothing }, { projections: hangs }, { limit: 20 })
  expect(await checks()).toEqual([
    { name: 'postgres', ok: true },
    { name: 'projections', ok: false, detail: 'It has not answered within 20 ms' },
  ])
})

test('differences from the payment provider’s ledger are told, and take nobody out of service', async () => {
  const found: string[] = []
  const checks = checksOf(
    { postgres: nothing },
    { projections: nothing },
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
  ['hangs', () => hangs(), 'It has not answered within 20 ms'],
  ['fails', () => Promise.reject(new Unavailable('The ledger is away')), 'The ledger is away'],
])('a ledger that %s takes nobody out of service either', async (_, paymentDifferences, detail) => {
  const checks = checksOf(
    { postgres: nothing },
    { projections: nothing },
    { paymentDifferences, limit: 20 },
  )
  expect(await checks()).toEqual([
    { name: 'postgres', ok: true },
    { name: 'projections', ok: true },
    { name: 'payments', ok: false, optional: true, detail },
  ])
})

test('a store of single read models that is away, and read models behind in it, are named and take no process out of service', async () => {
  const behind = async () =>
    [{ name: 'notifications', store: 'mongo', generation: 1, lagSeconds: 99 }] as never
  const checks = checksOf(
    { postgres: nothing },
    { projections: behind },
    { beside: { mongodb: away } },
  )
  expect(await checks()).toEqual([
    { name: 'postgres', ok: true },
    { name: 'projections', ok: false, detail: 'Behind: notifications', optional: true },
    { name: 'mongodb', ok: false, detail: 'It cannot be reached', optional: true },
  ])
})
