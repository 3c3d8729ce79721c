import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { derivedUuid, streamOf } from '#kernel'
import { newId } from '#kernel/testing'
import { httpWorld, type HttpWorld } from '../../../../test/support/http.ts'
import { jobPorts, unusedProvider } from '../../../../test/support/job-ports.ts'
import {
  cancelled,
  notAuthorised,
  type PaymentProvider,
} from '../../../platform/external/payments/port.ts'
import { Unavailable } from '../../../platform/unavailable.ts'
import { boundJob } from '../../../serving/job.ts'
import { OrderId, UserId } from '../../shared/index.ts'
import { payment, paymentIdOf } from '../language.ts'
import { authoriseCard } from './authorise-card.ts'
import { captureCard } from './capture-card.ts'
import { releaseCard } from './release-card.ts'

let world: HttpWorld
beforeAll(async () => {
  world = await httpWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

let sent = 0
const origin = () => {
  const commandId = derivedUuid('authorisation-jobs', String((sent += 1)))
  return { commandId, actorId: 'test', correlationId: commandId }
}

type Row = { status: 'held' | 'captured' | 'cancelled' }

/** A provider that holds one amount by its key, and whose first answers are lost. */
const bank = ({ losing = 0, declines = false } = {}) => {
  const rows = new Map<string, Row>()
  let lost = losing
  const answered = <T>(answer: T): T => {
    if (lost-- > 0) throw new Unavailable('The answer is lost')
    return answer
  }
  const provider: PaymentProvider = {
    ...unusedProvider,
    name: 'bank',
    authorise: async ({ idempotencyKey: key }) => {
      if (declines) return { authorised: false, reason: 'card_declined' }
      const row = rows.get(key) ?? { status: 'held' }
      rows.set(key, row)
      return answered(
        row.status === 'cancelled'
          ? { authorised: false, reason: cancelled }
          : { authorised: true, providerRef: `ch ${key}` },
      )
    },
    capture: async (key) => {
      const row = rows.get(key)
      if (!row || row.status === 'cancelled') return { paid: false, reason: notAuthorised }
      row.status = 'captured'
      return answered({ paid: true, providerRef: `ch ${key}` })
    },
    release: async (key) => {
      const row = rows.get(key)
      if (row?.status === 'captured') return { captured: true, providerRef: `ch ${key}` }
      rows.set(key, { status: 'cancelled' })
      return answered({ captured: false })
    },
  }
  return { provider, rows }
}

/** A payment whose authorisation was requested, with its jobs. */
const requested = async (provider: PaymentProvider) => {
  const orderId = newId(OrderId)
  const id = paymentIdOf(orderId)
  const { execute } = world.deps.executor
  const amount = { amount: 5_000, currency: 'EUR' }
  const bill = { orderId, userId: newId(UserId), amount, token: 'tok_ok' }
  await execute(payment, id, { type: 'AuthorisePayment', data: bill }, origin())
  const ports = jobPorts(world, { paymentProvider: provider })
  const jobs = [authoriseCard, captureCard, releaseCard] as const
  const [authorising, capturing, releasing] = jobs
  const events = () => world.log.read(streamOf(payment, id), { limit: 100 })
  const dataFor = async (type: string) => (await events()).find((event) => event.type === type)!
  const authorised = boundJob(authorising, ports)
  const captured = boundJob(capturing, ports)
  const released = boundJob(releasing, ports)
  return {
    id,
    key: `${id}:1`,
    authorise: async () =>
      authorised.run(authorised.dataOf(await dataFor('PaymentAuthorisationRequested'))!, origin()),
    giveUp: async () => {
      if (typeof authorised.givenUp !== 'function') throw new Error('It reports')
      const data = authorised.dataOf(await dataFor('PaymentAuthorisationRequested'))!
      return authorised.givenUp(data, origin(), new Error('away'))
    },
    capture: async () =>
      captured.run(captured.dataOf(await dataFor('PaymentCaptureRequested'))!, origin()),
    release: async () =>
      released.run(released.dataOf(await dataFor('PaymentReleaseRequested'))!, origin()),
    tell: (type: 'CapturePayment' | 'VoidPayment') =>
      execute(payment, id, { type, data: { orderId } }, origin()),
    types: async () => (await events()).map(({ type }) => type.replace('Payment', '')),
  }
}

describe('an authorisation', () => {
  test('whose answer is lost is held once', async () => {
    const { provider, rows } = bank({ losing: 1 })
    const { authorise, types, key } = await requested(provider)
    await expect(authorise()).rejects.toThrow(Unavailable)
    await authorise()
    await authorise()
    expect(await types()).toEqual(['AuthorisationRequested', 'Authorised'])
    expect([...rows]).toEqual([[key, { status: 'held' }]])
  })

  test('that is declined has failed', async () => {
    const { authorise, types } = await requested(bank({ declines: true }).provider)
    await authorise()
    expect(await types()).toEqual(['AuthorisationRequested', 'AuthorisationFailed'])
  })

  test('that is given up without an answer is released, also one that arrives late', async () => {
    const { provider, rows } = bank({ losing: 1 })
    const { authorise, giveUp, release, types, key } = await requested(provider)
    await expect(authorise()).rejects.toThrow(Unavailable)
    await giveUp()
    await release()
    await authorise()
    await giveUp()
    expect(rows.get(key)).toEqual({ status: 'cancelled' })
    expect(await types()).toEqual([
      'AuthorisationRequested',
      'AuthorisationFailed',
      'ReleaseRequested',
      'Released',
    ])
  })

  test('of a void payment is not requested any more', async () => {
    const { provider, rows } = bank()
    const { authorise, tell, release, key } = await requested(provider)
    await tell('VoidPayment')
    await authorise()
    expect(rows.size).toBe(0)
    await release()
    expect(rows.get(key)).toEqual({ status: 'cancelled' })
  })
})

describe('a capture', () => {
  test('whose answer is lost takes the money once', async () => {
    const { provider, rows } = bank()
    const { authorise, capture, tell, types, key } = await requested(provider)
    await authorise()
    await tell('CapturePayment')
    await capture()
    await capture()
    expect(rows.get(key)).toEqual({ status: 'captured' })
    expect(await types()).toEqual([
      'AuthorisationRequested',
      'Authorised',
      'CaptureRequested',
      'Captured',
    ])
  })

  test('of an amount that the provider holds no longer has failed, and is released', async () => {
    const { provider, rows } = bank()
    const { authorise, capture, tell, types, key } = await requested(provider)
    await authorise()
    rows.set(key, { status: 'cancelled' })
    await tell('CapturePayment')
    await capture()
    expect((await types()).slice(-2)).toEqual(['CaptureFailed', 'ReleaseRequested'])
  })

  test('that wins against the release is refunded', async () => {
    const { provider } = bank()
    const { authorise, capture, release, tell, types, key } = await requested(provider)
    await authorise()
    await tell('CapturePayment')
    // The answer to this capture is lost.
    await provider.capture(key)
    await tell('VoidPayment')
    await capture()
    await release()
    expect(await types()).toEqual([
      'AuthorisationRequested',
      'Authorised',
      'CaptureRequested',
      'Voided',
      'ReleaseRequested',
      'RefundRequested',
    ])
  })
})
