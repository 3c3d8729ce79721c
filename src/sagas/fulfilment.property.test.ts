import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  derivedId,
  isRefusal,
  type AnyDecider,
  type AnySaga,
  type Message,
  type RecordedEvent,
  type Step,
} from '#kernel'
import { recorded, refusalOf, type RefusedCommand } from '#kernel/testing'
import { deciders } from '../domains/index.ts'
import type { stock } from '../domains/inventory/language.ts'
import { notificationIdOf } from '../domains/notifications/language.ts'
import type { order } from '../domains/ordering/language.ts'
import { paymentIdOf } from '../domains/payments/language.ts'
import { OrderId, ProductId, RefundId, ReturnId, UserId } from '../domains/shared/index.ts'
import { shipmentIdOf, type shipment } from '../domains/shipping/language.ts'
import { delivery } from './delivery.ts'
import { fulfilment } from './fulfilment.ts'
import { refunding } from './refunding.ts'

/** Actions on one order besides the sagas'. */
type Plan = {
  readonly quantities: readonly number[]
  /** Whether its buyer has chosen a delivery, at 7. */
  readonly delivered: boolean
  /** Results of its charges, in order; the last one repeats. */
  readonly charges: readonly ('paid' | 'declined' | 'no answer')[]
  readonly calledOff: boolean
  readonly paysByHand: boolean
  /** What the shop refunds once the order is confirmed. */
  readonly refund: 'nothing' | 'all' | 'one piece'
  /** Reports of the carrier, in the order of their times; they arrive in any order. */
  readonly reports: readonly ('DISPATCHED' | 'IN_TRANSIT' | 'DELIVERED' | 'FAILED')[]
  /** Whether the shop moves the order by hand as well. */
  readonly movedByHand: boolean
  /** Whether the buyer sends all back. */
  readonly sentBack: boolean
}

const products = ['lamp', 'chair', 'table'].map((name) => derivedId(ProductId, name))
const price = { amount: 100, currency: 'EUR' }
const sagas: readonly AnySaga[] = [fulfilment({ orderTimeout: 1 }), refunding, delivery]
const all: readonly AnyDecider[] = deciders

/** Money of one charge, in minor units. */
type Charge = { readonly taken: number; givenBack: number }

/**
 * A simulation in which commands, answers, refusals, timers, people and carriers take any time and come in any order; only the
 * log is ordered.
 * @param choose picks the next of the possible actions
 */
const worldOf = (
  choose: (among: number) => number,
  stocks: readonly number[],
  plans: readonly Plan[],
) => {
  const states = new Map<string, unknown>()
  const log: RecordedEvent[] = []
  const runs = new Map<string, { state: unknown; ended: boolean; resting: boolean }>()
  const ledger = new Map<string, Charge>()
  const sent = new Set<string>()
  const soon = new Set<() => void>()
  const timers = new Set<() => void>()
  let read = 0

  const stateOf = (name: string, id: string): unknown =>
    states.get(`${name}-${id}`) ?? all.find((decider) => decider.name === name)?.initialState

  const execute = (to: string, id: string, command: Message): string | undefined => {
    const decider = all.find(({ name }) => name === to)!
    const context = { now: '2030-01-01T00:00:00.000Z', by: 'tester' }
    const decision = decider.decide(stateOf(to, id) as never, command as never, context)
    if (isRefusal(decision)) return decision.refused
    for (const event of decision) {
      states.set(`${to}-${id}`, decider.evolve(stateOf(to, id) as never, event as never))
      const fact = recorded(`${to}-${id}`, event)
      log.push(fact)
      outside(fact)
    }
    return undefined
  }

  /** A carrier's report, as the routes handle it: the order is shipped first. A report that fails half way comes again. */
  const reported = (orderId: OrderId, status: string, minute: number) => {
    const id = shipmentIdOf(orderId)
    const { status: before } = stateOf('shipment', id) as typeof shipment.initialState
    if (before === 'CREATED') {
      const data = { shipmentId: id }
      if (execute('order', orderId, { type: 'ShipOrder', data }) !== undefined) return
      if (choose(4) === 0) return later(() => reported(orderId, status, minute))
    }
    const happenedAt = `2029-12-31T10:0${minute}:00.000Z`
    execute('shipment', id, { type: 'ReportShipment', data: { status, happenedAt } })
  }

  /** What people do with a confirmed order. */
  const afterwards = (orderId: OrderId, { refund, movedByHand, sentBack }: Plan) => {
    if (refund !== 'nothing')
      later(() => {
        const items = [{ line: 0, quantity: 1 }]
        const refundId = derivedId(RefundId, orderId, 'by hand')
        const data = { refundId, reason: 'x', ...(refund === 'one piece' && { items }) }
        execute('order', orderId, { type: 'RequestRefund', data })
      })
    if (movedByHand)
      later(() => {
        const data = { shipmentId: shipmentIdOf(orderId) }
        execute('order', orderId, { type: 'ShipOrder', data })
        later(() => void execute('order', orderId, { type: 'DeliverOrder', data }))
      })
    if (sentBack)
      later(() => {
        const returnId = derivedId(ReturnId, orderId, 'by buyer')
        execute('order', orderId, { type: 'RequestReturn', data: { returnId } })
        const data = { returnId, restock: true }
        later(() => void execute('order', orderId, { type: 'ReceiveReturn', data }))
      })
  }

  /** The payment provider, the carriers and the people. They answer after any time, or never. */
  const outside = ({ type, id, data }: RecordedEvent) => {
    if (type === 'PaymentRefundRequested') {
      const { providerRef, refundId, amount } = data as {
        providerRef: string
        refundId?: string
        amount: { amount: number }
      }
      if (amount.amount === 0) return
      later(() => {
        const charge = ledger.get(providerRef)!
        charge.givenBack += amount.amount
        expect(charge.givenBack).toBeLessThanOrEqual(charge.taken)
        const which = refundId === undefined ? {} : { refundId }
        const refundRef = `re-${providerRef}`
        execute('payment', id, { type: 'RecordRefund', data: { ...which, refundRef } })
      })
    }
    const planOf = (orderId: string) => plans[orders.findIndex((each) => each === orderId)]!
    if (type === 'OrderConfirmed') {
      const orderId = orders.find((each) => each === id)!
      afterwards(orderId, planOf(id))
    }
    if (type === 'ShipmentCreated') {
      const { orderId } = data as { orderId: OrderId }
      planOf(orderId).reports.forEach((status, minute) =>
        later(() => reported(orderId, status, minute)),
      )
    }
    if (type !== 'PaymentInitiated') return
    const { attempt, orderId, amount } = data as {
      attempt: number
      orderId: string
      amount: { amount: number }
    }
    const { charges } = planOf(orderId)
    const end = charges[Math.min(attempt, charges.length) - 1]
    const providerRef = `${id}/${attempt}`
    if (end === 'paid')
      later(() => {
        ledger.set(providerRef, { taken: amount.amount, givenBack: 0 })
        const receipt = { provider: 'simulator', providerRef }
        execute('payment', id, { type: 'CompletePayment', data: { ...receipt, attempt } })
      })
    if (end === 'declined')
      later(() => {
        execute('payment', id, { type: 'FailPayment', data: { reason: 'declined', attempt } })
      })
  }

  const later = (happen: () => void, among = soon) => {
    const once = () => {
      among.delete(once)
      happen()
    }
    among.add(once)
  }

  const sendOut = (saga: AnySaga, key: string, step: Step) => {
    sent.add(`${saga.name}: ${step.to} ${step.command.type}`)
    const send = () => {
      const reason = execute(step.to, step.id, step.command)
      // A sender without an answer sends the command again.
      const again = choose(4) === 0 ? execute(step.to, step.id, step.command) : undefined
      const no = reason ?? again
      if (no !== undefined) later(() => hear(saga, key, refusalOf(step, no)))
    }
    const run = `${saga.name}-${key}`
    const isOver = () => runs.get(run)?.ended || runs.get(run)?.resting
    if (step.wait === 0) later(send)
    else later(() => isOver() || send(), timers)
  }

  const hear = (saga: AnySaga, key: string, input: RecordedEvent | RefusedCommand) => {
    const name = `${saga.name}-${key}`
    const run = runs.get(name) ?? { state: saga.initialState, ended: false, resting: false }
    if (run.ended && !('refused' in input)) return
    const { state, steps, ended, resting } =
      'refused' in input
        ? saga.compensate(run.state as never, input.refused, input)
        : saga.react(run.state as never, input)
    runs.set(name, {
      state: JSON.parse(JSON.stringify(state)),
      ended: run.ended || ended,
      resting: resting === true,
    })
    steps.forEach((step) => sendOut(saga, key, step))
  }

  const readOn = () => {
    const event = log[read++]!
    for (const saga of sagas) {
      const key = saga.reads.includes(event.type) ? saga.keyOf(event) : undefined
      if (key !== undefined) hear(saga, key, event)
    }
  }

  const orders = plans.map((_, index) => derivedId(OrderId, `order ${index}`))
  stocks.forEach((quantity, index) =>
    execute('inventory', products[index]!, { type: 'SetStock', data: { quantity, reason: 'x' } }),
  )
  plans.forEach((plan, index) => {
    const [orderId, userId] = [orders[index]!, derivedId(UserId, `user ${index}`)]
    const items = plan.quantities.map((quantity, line) => ({
      kind: 'product',
      refId: products[line % products.length],
      name: `Thing ${line}`,
      quantity,
      price,
    }))
    const shipping = { carrier: 'post', method: 'standard', cost: { ...price, amount: 7 } }
    const basket = { userId, items, paymentToken: 'tok', ...(plan.delivered && { shipping }) }
    later(() => {
      execute('order', orderId, { type: 'PlaceOrder', data: basket })
      if (plan.calledOff)
        later(() => void execute('order', orderId, { type: 'CancelOrder', data: { reason: 'x' } }))
      if (plan.paysByHand) {
        const { total } = stateOf('order', orderId) as { total: object }
        const bill = { orderId, userId, amount: total, token: 'tok' }
        later(() => {
          execute('payment', paymentIdOf(orderId), { type: 'RequestPayment', data: bill })
        })
      }
    })
  })

  /** Runs one more action. @returns false when none is left */
  const step = (): boolean => {
    const happenings = [...soon, ...(read < log.length ? [readOn] : [])]
    // Timers are mostly late, but may fire early.
    if (happenings.length === 0 || choose(20) === 0) happenings.push(...timers)
    if (happenings.length === 0) return false
    happenings[choose(happenings.length)]!()
    return true
  }

  return { orders, runs, ledger, sent, states, stateOf, step }
}

const plan: fc.Arbitrary<Plan> = fc.record({
  quantities: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 4 }),
  delivered: fc.boolean(),
  charges: fc.array(fc.constantFrom('paid', 'declined', 'no answer'), {
    minLength: 1,
    maxLength: 2,
  }),
  calledOff: fc.boolean(),
  paysByHand: fc.boolean(),
  refund: fc.constantFrom('nothing', 'all', 'one piece'),
  reports: fc.array(fc.constantFrom('DISPATCHED', 'IN_TRANSIT', 'DELIVERED', 'FAILED', 'FAILED'), {
    maxLength: 5,
  }),
  movedByHand: fc.boolean(),
  sentBack: fc.boolean(),
})

/** Orders that simply go well, up to each report: chance has none of them in some hundreds of runs. */
const plain = ([[], ['DISPATCHED'], ['IN_TRANSIT'], ['FAILED']] as const).map(
  (reports): [number[], Plan[], number[]] => [
    [8, 8, 8],
    [
      {
        quantities: [1],
        delivered: true,
        charges: ['paid'],
        calledOff: false,
        paysByHand: false,
        refund: 'nothing',
        reports,
        movedByHand: false,
        sentBack: false,
      },
    ],
    // None of them is a choice of 0 among 20, as their number is added: timers fire late.
    Array.from({ length: 20 }, (_, number) => 20 - number),
  ],
)

/** Stages of orders that were never paid, or whose payment was given back before they were confirmed. */
const unpaid: ReadonlySet<string> = new Set(['REJECTED', 'CANCELLED'])

/** Statuses of shipments that go with each stage of an order. */
const together: Readonly<Record<string, readonly string[]>> = {
  REJECTED: ['NEW'],
  CANCELLED: ['NEW'],
  CONFIRMED: ['CREATED'],
  SHIPPED: ['DISPATCHED', 'IN_TRANSIT', 'FAILED'],
  DELIVERED: ['DELIVERED'],
  // Refunded on its way, or before it was sent.
  REFUNDED: ['CANCELLED', 'DISPATCHED', 'IN_TRANSIT', 'FAILED', 'DELIVERED', 'RETURNED'],
  RETURNED: ['DISPATCHED', 'IN_TRANSIT', 'FAILED', 'DELIVERED', 'RETURNED'],
}

test('every order ends, and stock, payments and parcels agree with it, in every order of actions', () => {
  const seen = new Set<string>()
  const parcels = new Set<string>()
  const sent = new Set<string>()
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 3, maxLength: 3 }),
      fc.array(plan, { minLength: 1, maxLength: 3 }),
      fc.array(fc.nat(), { minLength: 100, maxLength: 400 }),
      (stocks, plans, choices) => {
        let next = 0
        const choose = (among: number) => (choices[next++ % choices.length]! + next) % among
        const world = worldOf(choose, stocks, plans)
        let steps = 0
        while (world.step()) expect((steps += 1)).toBeLessThan(3_000)
        world.sent.forEach((command) => sent.add(command))

        const ends = world.orders.map((id) => {
          const end = world.stateOf('order', id) as typeof order.initialState
          if (end.status === 'NEW') throw new Error('An order was not placed')
          return end
        })
        /** Pieces of each product that are with buyers. */
        const out = products.map(() => 0)
        world.orders.forEach((orderId, index) => {
          const { status, stage, total, items, refunds, returns } = ends[index]!
          seen.add(status)
          const parcel = world.stateOf('shipment', shipmentIdOf(orderId)) as never
          const { status: sent } = parcel as typeof shipment.initialState
          parcels.add(sent)
          expect(together[stage], `${stage} with ${sent}`).toContain(sent)
          expect(world.runs.get(`fulfilment-${orderId}`)?.ended).toBe(true)

          const isPaid = !unpaid.has(stage)
          const back = Object.values(refunds).filter((refund) => refund.status === 'done')
          const refunded = back.reduce((sum, { amount }) => sum + amount, 0)
          const charges = [...world.ledger].filter(([ref]) => ref.startsWith(paymentIdOf(orderId)))
          const held = charges.reduce((sum, [, one]) => sum + one.taken - one.givenBack, 0)
          expect(held).toBe(isPaid ? total.amount - refunded : 0)
          const isBack = sent === 'RETURNED' || sent === 'CANCELLED'
          expect(isBack ? held : 0).toBe(0)

          const causes = [...back, ...Object.values(returns)]
          const restocked = causes.flatMap(({ restock }) => restock)
          items.forEach(({ refId, quantity }, line) => {
            const again = restocked
              .filter((portion) => portion.line === line)
              .reduce((sum, portion) => sum + portion.quantity, 0)
            expect(again).toBeLessThanOrEqual(quantity)
            out[products.indexOf(refId)]! += isPaid ? quantity - again : 0
            // All that was in it is back; a piece that was refunded on its way may not have been in it.
            const isWhole =
              sent === 'CANCELLED' || (sent === 'RETURNED' && plans[index]!.refund === 'nothing')
            expect(isWhole ? again : quantity).toBe(quantity)
          })

          const news = isPaid ? 'order_confirmed' : `order_${stage.toLowerCase()}`
          for (const type of ['order_confirmed', 'order_rejected', 'order_cancelled'])
            for (const channel of ['in_app', 'email'] as const)
              expect(
                world.states.has(`notification-${notificationIdOf(orderId, type, channel)}`),
              ).toBe(type === news)
        })
        products.forEach((product, index) => {
          const left = world.stateOf('inventory', product) as typeof stock.initialState
          const quantity = stocks[index]! - out[index]!
          expect(left).toMatchObject({ reserved: 0, held: {}, quantity })
          expect(left.quantity).toBeGreaterThanOrEqual(0)
        })
      },
    ),
    { numRuns: 600, examples: plain },
  )
  expect([...seen].toSorted()).toEqual([
    'CANCELLED',
    'CONFIRMED',
    'DELIVERED',
    'PARTLY_REFUNDED',
    'REFUNDED',
    'REJECTED',
    'RETURNED',
    'SHIPPED',
  ])
  expect([...parcels].toSorted()).toEqual([
    'CANCELLED',
    'CREATED',
    'DELIVERED',
    'DISPATCHED',
    'FAILED',
    'IN_TRANSIT',
    'NEW',
    'RETURNED',
  ])
  // The sagas send all commands that they declare, and no others; there are no refunds from before orders recorded them.
  const declared = sagas.flatMap((saga) =>
    saga.to.flatMap(({ name, commands }) =>
      Object.keys(commands).map((type) => `${saga.name}: ${name} ${type}`),
    ),
  )
  const never = [
    'refunding: order MarkRefundFailed',
    // Those to orders of gigs are in `gig-fulfilment.property.test.ts`.
    'refunding: gigOrder MarkGigRefundFailed',
    'refunding: gigOrder MarkGigRefunded',
  ]
  expect([...sent].toSorted()).toEqual(declared.filter((one) => !never.includes(one)).toSorted())
})
