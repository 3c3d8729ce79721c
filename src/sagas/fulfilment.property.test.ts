import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  derivedId,
  isRefusal,
  type AnyDecider,
  type Message,
  type RecordedEvent,
  type Step,
} from '#kernel'
import { recorded, refusalOf, type RefusedCommand } from '#kernel/testing'
import { deciders } from '../domains/index.ts'
import type { stock } from '../domains/inventory/language.ts'
import { notificationIdOf } from '../domains/notifications/language.ts'
import type { order } from '../domains/ordering/language.ts'
import { paymentIdOf, type payment } from '../domains/payments/language.ts'
import { OrderId, ProductId, UserId } from '../domains/shared/index.ts'
import { fulfilment } from './fulfilment.ts'

/** Actions on one order besides the saga's. */
type Plan = {
  readonly quantities: readonly number[]
  /** Results of its charges, in order; the last one repeats. */
  readonly charges: readonly ('paid' | 'declined' | 'no answer')[]
  readonly calledOff: boolean
  readonly paysByHand: boolean
}

const products = ['lamp', 'chair', 'table'].map((name) => derivedId(ProductId, name))
const price = { amount: 100, currency: 'EUR' }
const saga = fulfilment({ orderTimeout: 1 })
const all: readonly AnyDecider[] = deciders

/**
 * A simulation in which commands, answers, refusals, timers and users take any time and come in any order; only the log is
 * ordered.
 * @param choose picks the next of the possible actions
 */
const worldOf = (
  choose: (among: number) => number,
  stocks: readonly number[],
  plans: readonly Plan[],
) => {
  const states = new Map<string, unknown>()
  const log: RecordedEvent[] = []
  const runs = new Map<string, { state: typeof saga.initialState; ended: boolean }>()
  const ledger = new Map<string, 'taken' | 'given back'>()
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

  /** The payment provider. It answers after any time, or never. */
  const outside = ({ type, id, data }: RecordedEvent) => {
    if (type === 'PaymentRefundRequested') {
      const { providerRef } = data as { providerRef: string }
      later(() => {
        expect(ledger.get(providerRef)).toBe('taken')
        ledger.set(providerRef, 'given back')
        execute('payment', id, { type: 'RecordRefund', data: { refundRef: `re-${providerRef}` } })
      })
    }
    if (type !== 'PaymentInitiated') return
    const { attempt, orderId } = data as { attempt: number; orderId: string }
    const { charges } = plans[orders.findIndex((each) => each === orderId)]!
    const end = charges[Math.min(attempt, charges.length) - 1]
    const providerRef = `${id}/${attempt}`
    if (end === 'paid')
      later(() => {
        ledger.set(providerRef, 'taken')
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

  const sendOut = (key: string, step: Step) => {
    sent.add(`${step.to} ${step.command.type}`)
    const send = () => {
      const reason = execute(step.to, step.id, step.command)
      // A sender without an answer sends the command again.
      const again = choose(4) === 0 ? execute(step.to, step.id, step.command) : undefined
      const no = reason ?? again
      if (no !== undefined) later(() => hear(key, refusalOf(step, no)))
    }
    if (step.wait === 0) later(send)
    else later(() => runs.get(key)?.ended || send(), timers)
  }

  const hear = (key: string, input: RecordedEvent | RefusedCommand) => {
    const run = runs.get(key) ?? { state: saga.initialState, ended: false }
    if (run.ended && !('refused' in input)) return
    const { state, steps, ended } =
      'refused' in input
        ? saga.compensate(run.state, input.refused, input)
        : saga.react(run.state, input)
    runs.set(key, { state: JSON.parse(JSON.stringify(state)), ended: run.ended || ended })
    steps.forEach((step) => sendOut(key, step))
  }

  const readOn = () => {
    const event = log[read++]!
    const key = saga.reads.includes(event.type) ? saga.keyOf(event) : undefined
    if (key !== undefined) hear(key, event)
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
    const basket = { userId, items, paymentToken: 'tok' }
    later(() => {
      execute('order', orderId, { type: 'PlaceOrder', data: basket })
      if (plan.calledOff)
        later(() => void execute('order', orderId, { type: 'CancelOrder', data: { reason: 'x' } }))
      if (plan.paysByHand) {
        const amount = { ...price, amount: 1 }
        const bill = { orderId, userId, amount, token: 'tok' }
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
  charges: fc.array(fc.constantFrom('paid', 'declined', 'no answer'), {
    minLength: 1,
    maxLength: 2,
  }),
  calledOff: fc.boolean(),
  paysByHand: fc.boolean(),
})

test('every order ends, and stock and payments agree with it, in every order of actions', () => {
  const seen = new Set<string>()
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
        while (world.step()) expect((steps += 1)).toBeLessThan(2_000)
        world.sent.forEach((command) => sent.add(command))

        const ends = world.orders.map(
          (id) => (world.stateOf('order', id) as typeof order.initialState).status,
        )
        ends.forEach((end) => seen.add(end))
        world.orders.forEach((orderId, index) => {
          expect(['CONFIRMED', 'REJECTED', 'CANCELLED']).toContain(ends[index])
          expect(world.runs.get(orderId)?.ended).toBe(true)
          const owed = world.stateOf('payment', paymentIdOf(orderId)) as typeof payment.initialState
          const taken = [...world.ledger].filter(
            ([ref, where]) => ref.startsWith(paymentIdOf(orderId)) && where === 'taken',
          )
          expect(owed.status === 'completed').toBe(ends[index] === 'CONFIRMED')
          expect(taken.length).toBe(ends[index] === 'CONFIRMED' ? 1 : 0)
          for (const type of ['order_confirmed', 'order_rejected', 'order_cancelled'])
            for (const channel of ['in_app', 'email'] as const)
              expect(
                world.states.has(`notification-${notificationIdOf(orderId, type, channel)}`),
              ).toBe(type === `order_${ends[index]?.toLowerCase()}`)
        })
        products.forEach((product, index) => {
          const sold = plans
            .filter((_, order) => ends[order] === 'CONFIRMED')
            .flatMap(({ quantities }) => quantities.filter((_, line) => line % 3 === index))
            .reduce((sum, quantity) => sum + quantity, 0)
          const left = world.stateOf('inventory', product) as typeof stock.initialState
          expect(left).toMatchObject({ reserved: 0, held: {}, quantity: stocks[index]! - sold })
          expect(left.quantity).toBeGreaterThanOrEqual(0)
        })
      },
    ),
    { numRuns: 400 },
  )
  expect([...seen].toSorted()).toEqual(['CANCELLED', 'CONFIRMED', 'REJECTED'])
  // The saga sends all commands that it declares, and no others.
  const declared = saga.to.flatMap(({ name, commands }) =>
    Object.keys(commands).map((type) => `${name} ${type}`),
  )
  expect([...sent].toSorted()).toEqual(declared.toSorted())
})
