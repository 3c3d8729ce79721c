import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import { httpWorld, type HttpWorld } from '../../../../test/support/http.ts'
import { jobPorts, unusedProvider } from '../../../../test/support/job-ports.ts'
import { derivedId, type CommandOf } from '#kernel'
import { newId } from '#kernel/testing'
import { payment, paymentIdOf } from '../language.ts'
import { OrderId, UserId, type PaymentId, RefundId } from '../../shared/index.ts'
import type {
  ChargeAnswer,
  LedgerEntry,
  PaymentProvider,
} from '../../../platform/external/payments/port.ts'
import { memoryReconciliations } from '../../../platform/storage/reconciliation/memory.ts'
import type { Difference } from '../../../platform/storage/reconciliation/port.ts'
import { Unavailable } from '../../../platform/unavailable.ts'
import { reconcilePayments } from './reconcile-payments.ts'

let world: HttpWorld
beforeEach(async () => {
  world = await httpWorld()
  return () => world[Symbol.asyncDispose]()
})

const origin = () => {
  const commandId = randomUUID()
  return { commandId, actorId: 'test', correlationId: commandId }
}
const amount = { amount: 3998, currency: 'EUR' }

/** A reconciliation with a ledger that the test writes, read in pages of two. */
const bank = () => {
  const entries: LedgerEntry[] = []
  const outcomes = new Map<string, ChargeAnswer>()
  const asked: { ledger: string[]; outcome: number } = { ledger: [], outcome: 0 }
  let clock = Date.parse('2030-01-07T08:00:00Z')
  let away = false
  const provider: PaymentProvider = {
    ...unusedProvider,
    name: 'bank',
    ledger: async ({ since, after = '0' }) => {
      if (away) throw new Unavailable('The bank is away')
      asked.ledger.push(since)
      const from = entries.filter(({ at }) => at >= since)
      const end = Number(after) + 2
      const page = from.slice(Number(after), end)
      return { entries: page, ...(end < from.length && { next: String(end) }) }
    },
    outcomeOf: async (key) => {
      asked.outcome += 1
      return outcomes.get(key)
    },
  }
  const entered = (entry: Omit<LedgerEntry, 'at' | 'amount'> & Partial<LedgerEntry>) => {
    clock += 1_000
    entries.push({ amount, at: new Date(clock).toISOString(), ...entry })
  }
  const charged = (key: string, more: Partial<LedgerEntry> = {}) => {
    const providerRef = `ch ${key}`
    outcomes.set(key, { paid: true, providerRef })
    entered({ kind: 'charge', key, providerRef, ...more })
  }
  const reconciliations = memoryReconciliations()
  const differences: Difference[] = []
  const resolved: Difference[] = []
  const mended: string[] = []
  let now = Date.now()
  const ports = jobPorts(world, {
    paymentProvider: provider,
    reconciling: {
      reconciliations,
      onMended: ({ key }) => mended.push(key),
      onDifference: (difference) => differences.push(difference),
      onResolved: (difference) => resolved.push(difference),
    },
    clock: () => new Date(now),
  })
  return {
    run: () => reconcilePayments.run(ports),
    charged,
    held: (key: string, more: Partial<LedgerEntry> = {}) =>
      entered({ kind: 'authorisation', key, providerRef: `ch ${key}`, ...more }),
    letGo: (key: string) => entered({ kind: 'release', key, providerRef: `ch ${key}` }),
    refunded: (key: string, of: string) =>
      entered({ kind: 'refund', key, providerRef: `ch ${of}`, refundRef: `re ${key}` }),
    later: (ms: number) => void (now += ms),
    pass: (ms: number) => void (clock += ms),
    goAway: (gone: boolean) => void (away = gone),
    outcomes,
    entries,
    asked,
    differences,
    resolved,
    mended,
    kinds: () => differences.map(({ kind }) => kind),
    open: async () => (await reconciliations.load('bank')).open,
  }
}

const eventsOf = async (id: PaymentId) =>
  (await world.log.read(`payment-${id}`)).map(({ type }) => type)

/** A requested payment. */
const initiated = async () => {
  const { executor } = world.deps
  const orderId = newId(OrderId)
  const id = paymentIdOf(orderId)
  const data = { orderId, userId: derivedId(UserId, 'ada'), amount, token: 'tok_ok' }
  await executor.execute(payment, id, { type: 'RequestPayment', data }, origin())
  return {
    id,
    key: `${id}:1`,
    refuse: () =>
      executor.execute(payment, id, { type: 'FailRefund', data: { reason: 'no' } }, origin()),
    /** Requests a partial refund. @returns its id */
    giveBack: async (name: string, minor: number) => {
      const refundId = derivedId(RefundId, id, name)
      const part = { orderId, refundId, amount: { ...amount, amount: minor }, reason: 'x' }
      await executor.execute(payment, id, { type: 'RefundPayment', data: part }, origin())
      return refundId
    },
    complete: (provider = 'bank') =>
      executor.execute(
        payment,
        id,
        {
          type: 'CompletePayment',
          data: { provider, providerRef: `ch ${id}:1`, attempt: 1 },
        },
        origin(),
      ),
    callOff: () =>
      executor.execute(payment, id, { type: 'VoidPayment', data: { orderId } }, origin()),
    fail: () =>
      executor.execute(
        payment,
        id,
        { type: 'FailPayment', data: { reason: 'provider_unavailable', attempt: 1 } },
        origin(),
      ),
  }
}

describe('an unrecorded charge', () => {
  test('is refunded when the payment was voided', async () => {
    const { charged, run, mended, kinds } = bank()
    const { id, key, callOff } = await initiated()
    await callOff()
    charged(key)
    await run()
    // Pending at first: its job may be about to record it.
    expect(await eventsOf(id)).toEqual(['PaymentInitiated', 'PaymentVoided'])
    await run()
    expect(await eventsOf(id)).toEqual([
      'PaymentInitiated',
      'PaymentVoided',
      'PaymentRefundRequested',
    ])
    await run()
    expect(mended).toEqual([key])
    expect(kinds()).toEqual([])
  })

  test('completes an initiated payment, and is refunded when that had failed', async () => {
    const { charged, run, mended } = bank()
    const [waiting, failed] = [await initiated(), await initiated()]
    await failed.fail()
    charged(waiting.key)
    charged(failed.key)
    await run()
    await run()
    expect(await eventsOf(waiting.id)).toContain('PaymentCompleted')
    expect(await eventsOf(failed.id)).toContain('PaymentRefundRequested')
    expect(mended).toEqual([waiting.key, failed.key])
  })

  test('of an unknown payment, or of another amount, is alerted once, and resolved when it is gone', async () => {
    const { charged, run, differences, resolved, kinds, open, entries, asked } = bank()
    const { id, key } = await initiated()
    charged('something else')
    charged(`${randomUUID()}:1`)
    charged(key, { amount: { amount: 1, currency: 'EUR' } })
    await run()
    await run()
    expect(kinds()).toEqual(['charge_unknown', 'charge_unknown', 'charge_amount'])
    expect(differences.at(-1)).toMatchObject({ key, paymentId: id })
    expect(JSON.stringify(differences)).not.toContain('tok_')
    expect(await eventsOf(id)).toEqual(['PaymentInitiated'])
    expect(await open()).toHaveLength(3)
    expect(resolved).toEqual([])
    // Each run begins shortly before the last entry of the previous one.
    const last = Date.parse(entries.at(-1)!.at)
    expect(asked.ledger.at(-1)).toBe(new Date(last - 60_000).toISOString())
  })

  test('for a payment that is charged already is alerted', async () => {
    const { charged, run, kinds } = bank()
    const { id, key, complete } = await initiated()
    charged(key)
    await complete()
    charged(`${id}:2`)
    await run()
    expect(kinds()).toEqual(['charge_twice'])
  })

  test('of an earlier attempt is alerted until the payment records it', async () => {
    const { charged, run, kinds, resolved, open } = bank()
    const { id, key, fail } = await initiated()
    const { executor } = world.deps
    await fail()
    const [asked] = await world.log.read(`payment-${id}`)
    const { orderId } = asked!.data as { orderId: OrderId }
    const data = { orderId, userId: derivedId(UserId, 'ada'), amount, token: 'tok_ok' }
    await executor.execute(payment, id, { type: 'RequestPayment', data }, origin())
    charged(key)
    await run()
    expect(kinds()).toEqual([])
    await run()
    await run()
    expect(kinds()).toEqual(['charge_unrecorded'])
    await executor.execute(payment, id, { type: 'VoidPayment', data: { orderId } }, origin())
    await run()
    expect(await open()).toMatchObject([{ kind: 'refund_missing', pending: true }])
    expect(resolved).toMatchObject([{ kind: 'charge_unrecorded', key }])
  })
})

test('a completed payment that the provider does not know is alerted until it does', async () => {
  const { run, charged, kinds, resolved, outcomes, asked } = bank()
  const [missing, elsewhere, known] = [await initiated(), await initiated(), await initiated()]
  charged(known.key)
  await missing.complete()
  await known.complete()
  await elsewhere.complete('another bank')
  await run()
  expect(kinds()).toEqual(['charge_missing'])
  // Charges in the ledger need no query.
  expect(asked.outcome).toBe(1)
  outcomes.set(missing.key, { paid: true, providerRef: `ch ${missing.key}` })
  await run()
  expect(resolved).toMatchObject([{ kind: 'charge_missing', paymentId: missing.id }])
  await run()
  expect(kinds()).toEqual(['charge_missing'])
  expect(asked.outcome).toBe(2)
})

test('many differences are compared in turns over several runs, and none is lost', async () => {
  const { run, kinds, resolved, outcomes, asked, open } = bank()
  const all = await Promise.all(Array.from({ length: 700 }, () => initiated()))
  await Promise.all(all.map(({ complete }) => complete()))
  while ((await open()).length < all.length) await run()
  expect(kinds()).toHaveLength(all.length)
  asked.outcome = 0
  await run()
  expect(asked.outcome).toBe(500)
  expect(await open()).toHaveLength(all.length)
  for (const { key } of all) outcomes.set(key, { paid: true, providerRef: `ch ${key}` })
  await run()
  await run()
  expect(await open()).toEqual([])
  expect(new Set(resolved.map(({ key }) => key)).size).toBe(all.length)
  expect(kinds()).toHaveLength(all.length)
})

describe('a refund', () => {
  test('that the provider has made is recorded', async () => {
    const { run, charged, refunded, mended, kinds } = bank()
    const { id, key, complete, callOff } = await initiated()
    charged(key)
    await complete()
    await callOff()
    refunded(`${id}:refund`, key)
    await run()
    await run()
    expect((await eventsOf(id)).at(-1)).toBe('PaymentRefunded')
    expect(mended).toEqual([`${id}:refund`])
    await run()
    expect(kinds()).toEqual([])
  })

  test('that is late is alerted until it is made', async () => {
    const { run, charged, refunded, later, kinds, resolved, open } = bank()
    const { id, key, complete, callOff } = await initiated()
    charged(key)
    await complete()
    await callOff()
    await run()
    expect(kinds()).toEqual([])
    expect(await open()).toMatchObject([{ kind: 'refund_missing', pending: true }])
    later(16 * 60_000)
    await run()
    await run()
    expect(kinds()).toEqual(['refund_missing'])
    refunded(`${id}:refund`, key)
    await run()
    await run()
    await run()
    expect(resolved).toMatchObject([{ kind: 'refund_missing', paymentId: id }])
    expect(await open()).toEqual([])
  })

  test('of a part is compared independently of others', async () => {
    const { run, charged, refunded, later, mended, differences, open } = bank()
    const { id, key, complete, giveBack } = await initiated()
    charged(key)
    await complete()
    const [made, missing] = [await giveBack('made', 300), await giveBack('missing', 200)]
    refunded(`${id}:${made}`, key)
    await run()
    await run()
    expect(mended).toEqual([`${id}:${made}`])
    await run()
    expect(await open()).toMatchObject([{ key: `${id}:${missing}`, pending: true }])
    later(16 * 60_000)
    await run()
    refunded(`${id}:${derivedId(RefundId, 'never asked for')}`, key)
    await run()
    expect(differences.map(({ kind, key: of }) => [kind, of])).toEqual([
      ['refund_missing', `${id}:${missing}`],
      ['refund_unknown', `${id}:${derivedId(RefundId, 'never asked for')}`],
    ])
  })

  test('of the whole payment that the provider refused is alerted until it is refunded', async () => {
    const { run, charged, kinds, open } = bank()
    const { key, complete, callOff, refuse, giveBack } = await initiated()
    charged(key)
    await complete()
    await callOff()
    await run()
    await refuse()
    await run()
    expect(kinds()).toEqual(['refund_failed'])
    await giveBack('by hand', 3998)
    await run()
    expect((await open()).filter(({ kind }) => kind === 'refund_failed')).toEqual([])
  })

  test('without a request is alerted', async () => {
    const { run, charged, refunded, kinds } = bank()
    const { id, key, complete } = await initiated()
    charged(key)
    await complete()
    refunded(`${id}:refund`, key)
    refunded('by hand', key)
    await run()
    expect(kinds()).toEqual(['refund_unknown', 'refund_unknown'])
  })
})

test('an interrupted run continues at its position, and queries new payments only', async () => {
  const { run, charged, mended, asked, goAway, pass } = bank()
  const all = await Promise.all(Array.from({ length: 5 }, () => initiated()))
  goAway(true)
  await expect(run()).rejects.toThrow(Unavailable)
  goAway(false)
  for (const { key } of all) charged(key)
  await run()
  await run()
  expect(mended).toEqual(all.map(({ key }) => key))
  pass(120_000)
  const another = await initiated()
  charged(another.key)
  await run()
  asked.ledger.length = 0
  await run()
  expect(mended.at(-1)).toBe(another.key)
  // Two pages of two: the overlap and the new entries.
  expect(asked.ledger.length).toBeLessThanOrEqual(3)
  expect(asked.outcome).toBe(0)
})

/** A payment whose authorisation was requested. */
const authorising = async () => {
  const { execute } = world.deps.executor
  const orderId = newId(OrderId)
  const id = paymentIdOf(orderId)
  const bill = { orderId, userId: derivedId(UserId, 'ada'), amount, token: 'tok_ok' }
  const key = `${id}:1`
  const tell = (command: CommandOf<typeof payment>) => execute(payment, id, command, origin())
  await tell({ type: 'AuthorisePayment', data: bill })
  return {
    id,
    key,
    hold: () =>
      tell({
        type: 'RecordAuthorisation',
        data: { provider: 'bank', providerRef: `ch ${key}`, attempt: 1 },
      }),
    decline: (reason: string) => tell({ type: 'FailAuthorisation', data: { reason, attempt: 1 } }),
    capture: () => tell({ type: 'CapturePayment', data: { orderId } }),
    failCapture: () => tell({ type: 'FailCapture', data: { reason: 'cancelled', attempt: 1 } }),
    released: () => tell({ type: 'RecordRelease', data: { attempt: 1 } }),
    callOff: () => tell({ type: 'VoidPayment', data: { orderId } }),
    again: () => tell({ type: 'RequestPayment', data: bill }),
  }
}

describe('an authorisation', () => {
  test('that is recorded agrees, also when it was released or could not be captured', async () => {
    const { run, held, letGo, kinds, open } = bank()
    const [waiting, released, uncaptured] = [
      await authorising(),
      await authorising(),
      await authorising(),
    ]
    for (const { hold, key } of [waiting, released, uncaptured]) {
      await hold()
      held(key)
    }
    await released.callOff()
    await uncaptured.capture()
    await uncaptured.failCapture()
    letGo(uncaptured.key)
    await uncaptured.released()
    await run()
    await run()
    // The failure of the capture, not the authorisation before it.
    expect(kinds()).toEqual(['capture_failed'])
    expect((await open()).map(({ kind }) => kind).toSorted()).toEqual([
      'capture_failed',
      'release_missing',
    ])
  })

  test('that is not recorded is recorded in the second run', async () => {
    const { run, held, mended, kinds } = bank()
    const { id, key } = await authorising()
    held(key)
    await run()
    expect(await eventsOf(id)).toEqual(['PaymentAuthorisationRequested'])
    await run()
    expect(await eventsOf(id)).toEqual(['PaymentAuthorisationRequested', 'PaymentAuthorised'])
    expect(mended).toEqual([key])
    expect(kinds()).toEqual([])
  })

  test('of no payment, of another amount, or after a refusal of the card is unknown', async () => {
    const { run, held, kinds } = bank()
    const [other, declined] = [await authorising(), await authorising()]
    await declined.decline('card_declined')
    held('by hand')
    held(`${randomUUID()}:1`)
    held(other.key, { amount: { amount: 1, currency: 'EUR' } })
    held(declined.key)
    await run()
    expect(kinds()).toEqual(Array.from({ length: 4 }, () => 'authorisation_unknown'))
  })

  test('of an earlier attempt, and its release, are no differences', async () => {
    const { run, held, letGo, kinds, open } = bank()
    const { key, decline, again } = await authorising()
    await decline('provider_unavailable')
    await again()
    held(key)
    letGo(key)
    await run()
    await run()
    expect(kinds()).toEqual([])
    expect(await open()).toEqual([])
  })
})

describe('a capture', () => {
  test('that the provider has made is recorded', async () => {
    const { run, held, charged, mended, kinds } = bank()
    const { id, key, hold, capture } = await authorising()
    await hold()
    await capture()
    held(key)
    charged(key)
    await run()
    await run()
    expect((await eventsOf(id)).at(-1)).toBe('PaymentCaptured')
    expect(mended).toEqual([key])
    await run()
    expect(kinds()).toEqual([])
  })

  test('that is late is alerted until it is made', async () => {
    const { run, charged, later, kinds, resolved } = bank()
    const { key, hold, capture } = await authorising()
    await hold()
    await capture()
    await run()
    expect(kinds()).toEqual([])
    later(16 * 60_000)
    await run()
    expect(kinds()).toEqual(['capture_missing'])
    charged(key)
    await run()
    await run()
    await run()
    expect(resolved).toMatchObject([{ kind: 'capture_missing' }])
  })
})

describe('a release', () => {
  test('that is recorded agrees, and one that is not is recorded', async () => {
    const { run, letGo, mended, kinds } = bank()
    const [done, pending] = [await authorising(), await authorising()]
    for (const { hold, callOff } of [done, pending]) {
      await hold()
      await callOff()
    }
    await done.released()
    letGo(done.key)
    letGo(pending.key)
    await run()
    await run()
    expect(mended).toEqual([pending.key])
    expect((await eventsOf(pending.id)).at(-1)).toBe('PaymentReleased')
    expect(kinds()).toEqual([])
  })

  test('that is late is alerted, and one without a request is unknown', async () => {
    const { run, letGo, later, kinds } = bank()
    const [late, unasked] = [await authorising(), await authorising()]
    await late.hold()
    await late.callOff()
    await unasked.hold()
    letGo(unasked.key)
    await run()
    later(16 * 60_000)
    await run()
    expect(kinds().toSorted()).toEqual(['release_missing', 'release_unknown'])
  })
})
