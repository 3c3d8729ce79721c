import { expect, test } from 'vitest'
import { derivedId, derivedUuid, streamOf } from '#kernel'
import { newId } from '#kernel/testing'
import { httpWorld, type HttpWorld } from '../../../../test/support/http.ts'
import { jobPorts, unusedProvider } from '../../../../test/support/job-ports.ts'
import { payment, paymentIdOf } from '../language.ts'
import { OrderId, RefundId, UserId } from '../../shared/index.ts'
import {
  IdempotencyMismatch,
  RefundRefused,
  type PaymentProvider,
  type Refund,
} from '../../../platform/external/payments/port.ts'
import { Unavailable } from '../../../platform/unavailable.ts'
import { boundJob } from '../../../serving/job.ts'
import { refundCard } from './refund-card.ts'

const total = { amount: 3998, currency: 'EUR' }
let sent = 0
const origin = () => {
  const commandId = derivedUuid('refund-card', String((sent += 1)))
  return { commandId, actorId: 'test', correlationId: commandId }
}

/** A payment with two pending refunds, and a provider with given answers. */
const payingBack = async (world: HttpWorld, answer: (refund: Refund) => unknown) => {
  const orderId = newId(OrderId)
  const id = paymentIdOf(orderId)
  const { execute } = world.deps.executor
  const bill = { orderId, userId: newId(UserId), amount: total, token: 'tok_ok' }
  await execute(payment, id, { type: 'RequestPayment', data: bill }, origin())
  const receipt = { provider: 'test', providerRef: 'ch_1', attempt: 1 }
  await execute(payment, id, { type: 'CompletePayment', data: receipt }, origin())
  const parts = ['a', 'b'].map((name) => derivedId(RefundId, orderId, name))
  for (const refundId of parts) {
    const data = { orderId, refundId, amount: { ...total, amount: 1000 }, reason: 'x' }
    await execute(payment, id, { type: 'RefundPayment', data }, origin())
  }
  const asked: string[] = []
  const provider: PaymentProvider = {
    ...unusedProvider,
    name: 'test',
    refund: async (refund) => {
      asked.push(refund.idempotencyKey)
      answer(refund)
      return { refundRef: `re_${asked.length}` }
    },
  }
  const job = boundJob(refundCard, jobPorts(world, { paymentProvider: provider }))
  const events = () => world.log.read(streamOf(payment, id), { limit: 100 })
  const runAll = async (withIds: boolean) => {
    for (const event of await events()) {
      const data = event.type === 'PaymentRefundRequested' ? job.dataOf(event) : undefined
      if (!data) continue
      const { refundId: _, ...before } = data
      await job.run(withIds ? data : before, origin())
    }
  }
  return { id, parts, asked, events, run: () => runAll(true), runWithoutIds: () => runAll(false) }
}

test('each refund is made once, under a key of its own', async () => {
  await using world = await httpWorld()
  const { id, parts, asked, events, run } = await payingBack(world, () => undefined)
  await run()
  await run()
  expect(asked).toEqual(parts.map((part) => `${id}:${part}`))
  expect((await events()).slice(-2)).toMatchObject([
    { type: 'PaymentRefunded', data: { refundId: parts[0], amount: { amount: 1000 } } },
    { type: 'PaymentRefunded', data: { refundId: parts[1], refundRef: 're_2' } },
  ])
})

test('a refund that the provider refuses has failed, and is not retried', async () => {
  await using world = await httpWorld()
  const { parts, asked, events, run } = await payingBack(world, ({ idempotencyKey }) => {
    if (idempotencyKey.endsWith(parts[0]!)) throw new RefundRefused('no')
  })
  await run()
  await run()
  expect(asked).toHaveLength(2)
  expect((await events()).slice(-2)).toMatchObject([
    { type: 'PaymentRefundFailed', data: { refundId: parts[0], reason: 'refused_by_provider' } },
    { type: 'PaymentRefunded', data: { refundId: parts[1] } },
  ])
})

test('a key that was used with another amount leaves the refund pending', async () => {
  await using world = await httpWorld()
  const { events, run } = await payingBack(world, () => {
    throw new IdempotencyMismatch('key')
  })
  await expect(run()).rejects.toThrow(IdempotencyMismatch)
  expect((await events()).at(-1)).toMatchObject({ type: 'PaymentRefundRequested' })
})

test('a job of a version without ids of refunds makes every pending refund once', async () => {
  await using world = await httpWorld()
  const { id, parts, asked, events, runWithoutIds } = await payingBack(world, () => undefined)
  await runWithoutIds()
  await runWithoutIds()
  expect(asked).toEqual(parts.map((part) => `${id}:${part}`))
  expect((await events()).filter(({ type }) => type === 'PaymentRefunded')).toHaveLength(2)
})

test('a refund without an answer of the provider is retried', async () => {
  await using world = await httpWorld()
  let away = true
  const { asked, events, run } = await payingBack(world, () => {
    if (away) throw new Unavailable('away')
  })
  await expect(run()).rejects.toThrow(Unavailable)
  expect((await events()).at(-1)).toMatchObject({ type: 'PaymentRefundRequested' })
  away = false
  await run()
  expect(new Set(asked).size).toBe(2)
  expect((await events()).at(-1)).toMatchObject({ type: 'PaymentRefunded' })
})

test('a refund without an id keeps the key of earlier versions', () => {
  const { dataOf } = refundCard
  const orderId = newId(OrderId)
  const data = { orderId, amount: total, provider: 'test', providerRef: 'ch_1' }
  const event = {
    type: 'PaymentRefundRequested',
    eventId: orderId,
    stream: streamOf(payment, paymentIdOf(orderId)),
    id: paymentIdOf(orderId),
    revision: 2,
    position: 1n,
    at: '2030-01-01T00:00:00.000Z',
    metadata: { ...origin(), causationId: orderId, schemaVersion: 1 },
  }
  expect(dataOf({ ...event, data })).toEqual({
    paymentId: event.id,
    amount: total,
    providerRef: 'ch_1',
  })
  const nothing = { ...data, amount: { ...total, amount: 0 } }
  expect(dataOf({ ...event, data: nothing })).toBeUndefined()
})
