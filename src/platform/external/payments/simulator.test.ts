import { expect, test } from 'vitest'
import { freshDatabase } from '../../../../test/support/postgres.ts'
import { openDatabase } from '../../engines/postgres/database.ts'
import { Unavailable } from '../../unavailable.ts'
import { paymentConformance } from './conformance.ts'
import { paymentSimulator, type PaymentSimulator } from './simulator.ts'

const amount = { amount: 1_999, currency: 'EUR' }

paymentConformance('simulator', async () => {
  const fresh = await freshDatabase()
  const opened = new AsyncDisposableStack()
  const provider = paymentSimulator(fresh.database)
  const sum = (entries: readonly { readonly amount: number }[]) =>
    entries.reduce((total, entry) => total + entry.amount, 0)
  return {
    provider,
    another: async () =>
      paymentSimulator(
        opened.adopt(openDatabase(fresh.url, { connections: 4 }), (database) => database.close()),
      ),
    tokens: { ok: 'tok_ok', declined: 'tok_declined', poor: 'tok_insufficient_funds' },
    balance: async () => sum(await provider.charges()) - sum(await provider.refunds()),
    [Symbol.asyncDispose]: async () => {
      await opened.disposeAsync()
      await fresh[Symbol.asyncDispose]()
    },
  }
})

const chargeWith = (simulator: PaymentSimulator, token: string, idempotencyKey = token) =>
  simulator.charge({ idempotencyKey, token, amount })

test('each token has its outcome', async () => {
  await using fresh = await freshDatabase()
  const simulator = paymentSimulator(fresh.database, { slowness: 10 })
  expect(await chargeWith(simulator, 'tok_ok')).toMatchObject({ paid: true })
  expect(await chargeWith(simulator, 'tok_slow')).toMatchObject({ paid: true })
  for (const [token, reason] of [
    ['tok_declined', 'card_declined'],
    ['tok_insufficient_funds', 'insufficient_funds'],
    ['tok_whatever', 'unknown_token'],
    ['', 'unknown_token'],
    ['tok_ok\0', 'unknown_token'],
  ] as const)
    expect(await chargeWith(simulator, token, `key of ${JSON.stringify(token)}`)).toEqual({
      paid: false,
      reason,
    })
  expect(simulator.name).toBe('simulator')
})

test('an invalid amount rejects its caller, and none of the concurrent charges', async () => {
  await using fresh = await freshDatabase()
  const simulator = paymentSimulator(fresh.database)
  const charges = [0, -5, 1.5, Number.NaN, 2 ** 60, 7].map((minor) =>
    simulator.charge({
      idempotencyKey: String(minor),
      token: 'tok_ok',
      amount: { amount: minor, currency: 'EUR' },
    }),
  )
  const answers = await Promise.allSettled(charges)
  expect(answers.map(({ status }) => status)).toEqual([
    ...Array.from({ length: 5 }, () => 'rejected'),
    'fulfilled',
  ])
})

test('the slow token is charged at once, and answered late', async () => {
  await using fresh = await freshDatabase()
  const simulator = paymentSimulator(fresh.database, { slowness: 400 })
  const start = performance.now()
  const answer = chargeWith(simulator, 'tok_slow')
  await expect.poll(async () => (await simulator.charges()).length).toBe(1)
  await answer
  expect(performance.now() - start).toBeGreaterThan(390)
})

test('the unavailable token fails twice for each key, counted over all processes', async () => {
  await using fresh = await freshDatabase()
  await using other = openDatabaseOf(fresh.url)
  const [one, two] = [fresh.database, other.database].map((database) => paymentSimulator(database))
  for (const key of ['a', 'b']) {
    await expect(chargeWith(one!, 'tok_unavailable', key)).rejects.toThrow(Unavailable)
    await expect(chargeWith(two!, 'tok_unavailable', key)).rejects.toThrow(Unavailable)
    expect((await one!.charges()).filter((charge) => charge.key === key)).toEqual([])
    expect(await chargeWith(one!, 'tok_unavailable', key)).toMatchObject({ paid: true })
    expect(await chargeWith(two!, 'tok_unavailable', key)).toMatchObject({ paid: true })
  }
})

test('the unavailable token, requested five times at once, fails twice', async () => {
  await using fresh = await freshDatabase()
  const simulator = paymentSimulator(fresh.database)
  const answers = await Promise.allSettled(
    Array.from({ length: 5 }, () => chargeWith(simulator, 'tok_unavailable')),
  )
  expect(answers.map(({ status }) => status).toSorted()).toEqual([
    ...Array.from({ length: 3 }, () => 'fulfilled'),
    'rejected',
    'rejected',
  ])
  expect(await simulator.charges()).toHaveLength(1)
})

test('charges and refunds are listed with their keys, amounts and numbers of attempts', async () => {
  await using fresh = await freshDatabase()
  const simulator = paymentSimulator(fresh.database)
  const answer = await chargeWith(simulator, 'tok_ok', 'order-1')
  await chargeWith(simulator, 'tok_ok', 'order-1')
  await chargeWith(simulator, 'tok_declined', 'order-2')
  const providerRef = answer.paid ? answer.providerRef : ''
  const { refundRef } = await simulator.refund({
    idempotencyKey: 'refund-1',
    providerRef,
    amount: { amount: 99, currency: 'EUR' },
  })
  expect(await simulator.charges()).toEqual([
    {
      key: 'order-1',
      token: 'tok_ok',
      ...amount,
      providerRef,
      chargedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      attempts: 2,
    },
  ])
  expect(await simulator.refunds()).toEqual([
    {
      key: 'refund-1',
      providerRef,
      amount: 99,
      currency: 'EUR',
      refundRef,
      refundedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    },
  ])
})

/** A database of another process. */
const openDatabaseOf = (url: string) => {
  const database = openDatabase(url, { connections: 2 })
  return { database, [Symbol.asyncDispose]: () => database.close() }
}
