import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { derivedId, type CommandOf } from '#kernel'
import { newId } from '#kernel/testing'
import { httpWorld, type HttpWorld } from '../../../../test/support/http.ts'
import { jobPorts, unusedProvider } from '../../../../test/support/job-ports.ts'
import { originOfSaga } from '../../../../test/support/small-shop.ts'
import { deliver, type Delivery } from '../../../../test/support/webhooks.ts'
import type {
  AuthorisationAnswer,
  ChargeAnswer,
  PaymentProvider,
} from '../../../platform/external/payments/port.ts'
import { boundJob } from '../../../serving/job.ts'
import { OrderId, RefundId, UserId } from '../../shared/index.ts'
import { askProvider } from '../jobs/ask-provider.ts'
import { payment, paymentIdOf } from '../language.ts'

const secret = 'the secret of the provider'
const receipt = { provider: 'simulator', providerRef: 'ch_1' }
const now = new Date('2030-01-07T08:00:00.000Z')
let world: HttpWorld
beforeAll(async () => {
  world = await httpWorld({
    clock: () => now,
    config: { webhookSecrets: { payments: secret } },
  })
})
afterAll(() => world[Symbol.asyncDispose]())

type Command = CommandOf<typeof payment>

/** A payment after these commands. */
const after = async (...commands: ((bill: { orderId: OrderId; userId: UserId }) => Command)[]) => {
  const orderId = newId(OrderId)
  const id = paymentIdOf(orderId)
  const bill = { orderId, userId: derivedId(UserId, 'ada') }
  for (const command of commands)
    await world.deps.executor.execute(payment, id, command(bill), originOfSaga())
  return { id, orderId }
}
const amount = { amount: 5_000, currency: 'EUR' }
const requested = (bill: object): Command =>
  ({ type: 'RequestPayment', data: { ...bill, amount, token: 'tok_ok' } }) as Command
const completed = (): Command => ({ type: 'CompletePayment', data: { ...receipt, attempt: 1 } })
const authorising = (bill: object): Command =>
  ({ type: 'AuthorisePayment', data: { ...bill, amount, token: 'tok_ok' } }) as Command

const told = (body: object | string, more: Partial<Delivery> & { provider?: string } = {}) => {
  const { provider = 'simulator', ...delivery } = more
  const path = `/payments/webhooks/${provider}`
  return deliver(world.app, path, { body, secret, at: now, ...delivery })
}

/** Runs the jobs of the outcomes that were reported about a payment. */
const ask = async (paymentId: string, provider: Partial<PaymentProvider>) => {
  const paymentProvider = { ...unusedProvider, name: 'simulator', ...provider }
  const job = boundJob(askProvider, jobPorts(world, { paymentProvider }))
  const events = await world.log.read(`payment-${paymentId}`)
  for (const event of events)
    if (job.reads.includes(event.type)) await job.run(job.dataOf(event)!, originOfSaga())
}

const stateOf = async (id: ReturnType<typeof paymentIdOf>) =>
  (await world.deps.executor.stateOf(payment, id)).state

let messages = 0
const message = (paymentId: string) => ({ id: `evt_${(messages += 1)}`, paymentId })

describe('a message of the payment provider', () => {
  test('is answered, and recorded once for a payment that waits', async () => {
    const { id } = await after(requested)
    const body = message(id)
    const reply = await told(body)
    expect(reply.status, reply.text).toBe(200)
    expect(reply.body.data).toEqual({ received: true, applied: true })
    for (const again of [body, { ...body, type: 'charge.succeeded' }])
      expect((await told(again)).body.data).toEqual({ received: true, applied: false })
    const events = await world.log.read(`payment-${id}`)
    expect(events.map(({ type }) => type)).toEqual(['PaymentInitiated', 'PaymentOutcomeReported'])
  })

  test('may name the key of the request instead of the payment', async () => {
    const { id } = await after(requested)
    const reply = await told({ id: 'by key', key: `${id}:1` })
    expect(reply.body.data).toEqual({ received: true, applied: true })
  })

  test('changes nothing about a payment that waits for nothing', async () => {
    const { id } = await after(requested, completed)
    expect((await told(message(id))).body.data).toEqual({ received: true, applied: false })
  })

  test('is refused with a bad or old signature, and when it has none', async () => {
    const { id } = await after(requested)
    const body = message(id)
    for (const [wrong, code] of [
      [{ secret: 'another secret' }, 'bad_signature'],
      [{ signature: undefined }, 'bad_signature'],
      [{ at: new Date(now.getTime() - 301_000) }, 'stale_signature'],
      [{ at: new Date(now.getTime() + 301_000) }, 'stale_signature'],
    ] as const) {
      const reply = await told(body, wrong)
      expect([reply.status, reply.body.code]).toEqual([401, code])
    }
    expect(await world.log.read(`payment-${id}`)).toHaveLength(1)
  })

  test('about an unknown payment, or of an unknown provider, is refused', async () => {
    const unknown = await told(message(paymentIdOf(newId(OrderId))))
    expect(unknown.status).toBe(404)
    const { id } = await after(requested)
    expect((await told(message(id), { provider: 'other' })).status).toBe(404)
    await using closed = await httpWorld()
    const path = '/payments/webhooks/simulator'
    expect((await deliver(closed.app, path, { body: message(id), secret })).status).toBe(404)
  })

  test('names what is wrong with it', async () => {
    for (const [body, field] of [
      [{ id: 'a' }, 'paymentId'],
      [{ paymentId: paymentIdOf(newId(OrderId)) }, 'id'],
      [{ id: 'a', key: 'foreign' }, 'key'],
      [{ id: 'a', paymentId: 'x' }, 'paymentId'],
    ] as const) {
      const reply = await told(body)
      expect([reply.status, reply.body.errors[0].field]).toEqual([400, field])
    }
  })
})

describe('the outcome that the provider is asked for', () => {
  const charged = (answer: ChargeAnswer | undefined) => ({ outcomeOf: async () => answer })
  const authorised = (answer: AuthorisationAnswer | undefined) => ({
    authorisationOf: async () => answer,
  })
  const paid = { paid: true, providerRef: 'ch_1' } as const

  test('completes or fails a payment, whatever the message says', async () => {
    const lying = async () => {
      const { id } = await after(requested)
      await told({ ...message(id), amount: { amount: 1, currency: 'EUR' }, paid: true })
      return id
    }
    const yes = await lying()
    await ask(yes, charged(paid))
    expect(await stateOf(yes)).toMatchObject({ status: 'completed', amount })
    const no = await lying()
    await ask(no, charged({ paid: false, reason: 'card_declined' }))
    expect((await stateOf(no)).status).toBe('failed')
    const open = await lying()
    await ask(open, charged(undefined))
    expect((await stateOf(open)).status).toBe('initiated')
  })

  test('refunds a payment that was voided meanwhile', async () => {
    const { id } = await after(requested, ({ orderId }) => ({
      type: 'VoidPayment',
      data: { orderId },
    }))
    await told(message(id))
    await ask(id, charged(paid))
    expect((await stateOf(id)).status).toBe('refunding')
  })

  test('records an authorisation and its failure', async () => {
    const yes = await after(authorising)
    await told(message(yes.id))
    await ask(yes.id, authorised({ authorised: true, providerRef: 'ch_1' }))
    expect((await stateOf(yes.id)).status).toBe('authorised')
    const no = await after(authorising)
    await told(message(no.id))
    await ask(no.id, authorised({ authorised: false, reason: 'card_declined' }))
    expect((await stateOf(no.id)).status).toBe('failed')
    const open = await after(authorising)
    await told(message(open.id))
    await ask(open.id, authorised(undefined))
    expect((await stateOf(open.id)).status).toBe('authorising')
  })

  const held = (): Command => ({
    type: 'RecordAuthorisation',
    data: { ...receipt, attempt: 1 },
  })

  test('records a capture, and leaves an open one', async () => {
    const capture = ({ orderId }: { orderId: OrderId }): Command => ({
      type: 'CapturePayment',
      data: { orderId },
    })
    const { id } = await after(authorising, held, capture)
    await told(message(id))
    await ask(id, charged(undefined))
    expect((await stateOf(id)).status).toBe('capturing')
    await ask(id, charged(paid))
    expect((await stateOf(id)).status).toBe('completed')
  })

  test('records a release, and refunds what was captured before', async () => {
    const off = ({ orderId }: { orderId: OrderId }): Command => ({
      type: 'VoidPayment',
      data: { orderId },
    })
    const free = await after(authorising, held, off)
    await told(message(free.id))
    await ask(free.id, { release: async () => ({ captured: false }) })
    expect(await stateOf(free.id)).toMatchObject({ release: { status: 'done' } })
    const taken = await after(authorising, held, off)
    await told(message(taken.id))
    await ask(taken.id, { release: async () => ({ captured: true, providerRef: 'ch_1' }) })
    expect((await stateOf(taken.id)).status).toBe('refunding')
  })

  test('records every pending refund, under the key of its request', async () => {
    const refund =
      (name: string) =>
      ({ orderId }: { orderId: OrderId }): Command => ({
        type: 'RefundPayment',
        data: {
          orderId,
          refundId: derivedId(RefundId, name),
          amount: { amount: 2_500, currency: 'EUR' },
          reason: 'x',
        },
      })
    const { id } = await after(requested, completed, refund('one'), refund('two'))
    await told(message(id))
    const keys: string[] = []
    await ask(id, {
      refund: async ({ idempotencyKey }) => {
        keys.push(idempotencyKey)
        return { refundRef: `re_${keys.length}` }
      },
    })
    expect(keys).toEqual(['one', 'two'].map((name) => `${id}:${derivedId(RefundId, name)}`))
    expect((await stateOf(id)).status).toBe('refunded')
  })

  test('is not asked of another provider', async () => {
    const { id } = await after(requested)
    await told(message(id))
    await ask(id, { name: 'other' })
    expect((await stateOf(id)).status).toBe('initiated')
  })
})
