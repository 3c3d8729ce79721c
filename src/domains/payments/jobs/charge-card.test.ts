import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { httpWorld, type HttpWorld } from '../../../../test/support/http.ts'
import { jobPorts } from '../../../../test/support/job-ports.ts'
import { derivedId } from '#kernel'
import { newId } from '#kernel/testing'
import { payment, paymentIdOf } from '../language.ts'
import { OrderId, UserId } from '../../shared/index.ts'
import type { ChargeAnswer, PaymentProvider } from '../../../platform/external/payments/port.ts'
import { Unavailable } from '../../../platform/unavailable.ts'
import { boundJob } from '../../../serving/job.ts'
import { chargeCard } from './charge-card.ts'

let world: HttpWorld
beforeAll(async () => {
  world = await httpWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

const origin = () => {
  const commandId = randomUUID()
  return { commandId, actorId: 'test', correlationId: commandId }
}
const yes: ChargeAnswer = { paid: true, providerRef: 'ch_1' }
const nobody = async (): Promise<never> => {
  throw new Unavailable('The provider is away')
}

/** A provider that decides by the key alone, and whose first answers are lost. */
const providerThat = ({ takes, losing = 0 }: { takes: boolean; losing?: number }) => {
  const known = new Map<string, ChargeAnswer>()
  const asked: string[] = []
  let lost = losing
  const decide = (key: string, answer: ChargeAnswer): ChargeAnswer => {
    const had = known.get(key) ?? answer
    known.set(key, had)
    return had
  }
  const provider: PaymentProvider = {
    name: 'test',
    charge: async ({ idempotencyKey }) => {
      asked.push('charge')
      const answer = decide(idempotencyKey, takes ? yes : { paid: false, reason: 'card_declined' })
      if (lost-- > 0) return nobody()
      return answer
    },
    cancel: async (key) => {
      asked.push('cancel')
      return decide(key, { paid: false, reason: 'cancelled' })
    },
    outcomeOf: async (key) => known.get(key),
    authorise: nobody,
    authorisationOf: nobody,
    capture: nobody,
    release: nobody,
    ledger: nobody,
    refund: nobody,
  }
  return { provider, asked }
}

/** A requested payment with its job. */
const initiated = async (provider: PaymentProvider) => {
  const { executor } = world.deps
  const orderId = newId(OrderId)
  const id = paymentIdOf(orderId)
  const amount = { amount: 3998, currency: 'EUR' }
  const data = { orderId, userId: derivedId(UserId, 'ada'), amount, token: 'tok_ok' }
  const request = { type: 'RequestPayment' as const, data }
  await executor.execute(payment, id, request, origin())
  const job = boundJob(chargeCard, jobPorts(world, { paymentProvider: provider }))
  const events = await world.log.read(`payment-${id}`)
  const asked = { ...job.dataOf(events[0]!)!, paymentId: id }
  const chargeOrigin = origin()
  const reportOrigin = origin()
  const { givenUp } = job
  if (typeof givenUp !== 'function') throw new Error('It reports')
  return {
    id,
    orderId,
    run: () => job.run(asked, chargeOrigin),
    giveUp: () => givenUp(asked, reportOrigin, new Error('away')),
    callOff: () =>
      executor.execute(payment, id, { type: 'VoidPayment', data: { orderId } }, origin()),
    request: () => executor.execute(payment, id, request, origin()),
    events: async () => (await world.log.read(`payment-${id}`)).map(({ type }) => type),
  }
}

describe('a payment that was voided while its outcome was unknown', () => {
  test('is refunded when the provider had charged it', async () => {
    const { provider } = providerThat({ takes: true, losing: 1 })
    const { run, callOff, events } = await initiated(provider)
    await expect(run()).rejects.toThrow(Unavailable)
    await callOff()
    await run()
    await run()
    expect(await events()).toEqual(['PaymentInitiated', 'PaymentVoided', 'PaymentRefundRequested'])
  })

  test('is cancelled at the provider, so that a late charge fails', async () => {
    const { provider, asked } = providerThat({ takes: true })
    const { id, run, callOff, events } = await initiated(provider)
    await callOff()
    await run()
    const late = {
      idempotencyKey: `${id}:1`,
      token: 'tok_ok',
      amount: { amount: 1, currency: 'EUR' },
    }
    expect(await provider.charge(late)).toEqual({ paid: false, reason: 'cancelled' })
    expect(asked).toEqual(['cancel', 'charge'])
    expect(await events()).toEqual(['PaymentInitiated', 'PaymentVoided'])
  })

  test('stays unknown while the provider gives no answer', async () => {
    const { run, callOff } = await initiated({
      ...providerThat({ takes: true }).provider,
      cancel: nobody,
    })
    await callOff()
    await expect(run()).rejects.toThrow(Unavailable)
  })
})

test('a recorded charge is not requested again', async () => {
  const { provider, asked } = providerThat({ takes: true })
  const { run, events } = await initiated(provider)
  await run()
  await run()
  expect(asked).toEqual(['charge'])
  expect(await events()).toEqual(['PaymentInitiated', 'PaymentCompleted'])
})

describe('a parked charge', () => {
  test('fails for good once the provider has cancelled it', async () => {
    const { provider, asked } = providerThat({ takes: true })
    const { id, giveUp, run, events } = await initiated(provider)
    await giveUp()
    await giveUp()
    expect(await events()).toEqual(['PaymentInitiated', 'PaymentFailed'])
    const [, failed] = await world.log.read(`payment-${id}`)
    expect(failed?.data).toMatchObject({ reason: 'provider_unavailable' })
    // A retry of its dead letter has no effect.
    await run()
    expect(asked).not.toContain('charge')
    expect(await events()).toHaveLength(2)
  })

  test('is completed when the cancellation finds the card charged', async () => {
    const { provider } = providerThat({ takes: true, losing: 1 })
    const { run, giveUp, events } = await initiated(provider)
    await expect(run()).rejects.toThrow(Unavailable)
    await giveUp()
    expect(await events()).toEqual(['PaymentInitiated', 'PaymentCompleted'])
  })

  test('is declined when the cancellation finds the card declined', async () => {
    const { provider } = providerThat({ takes: false, losing: 1 })
    const { id, run, giveUp } = await initiated(provider)
    await expect(run()).rejects.toThrow(Unavailable)
    await giveUp()
    const [, failed] = await world.log.read(`payment-${id}`)
    expect(failed?.data).toMatchObject({ reason: 'card_declined' })
  })

  test('stays open while the provider gives no answer', async () => {
    const { provider } = providerThat({ takes: true })
    const { giveUp, events } = await initiated({ ...provider, cancel: nobody })
    await expect(giveUp()).rejects.toThrow(Unavailable)
    expect(await events()).toEqual(['PaymentInitiated'])
  })

  test('of an earlier attempt does not change the current one', async () => {
    const { provider } = providerThat({ takes: true })
    const { giveUp, request, events } = await initiated(provider)
    await giveUp()
    await request()
    await giveUp()
    expect(await events()).toEqual(['PaymentInitiated', 'PaymentFailed', 'PaymentInitiated'])
  })
})
