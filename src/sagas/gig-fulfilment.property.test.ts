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
import type { gigOrder } from '../domains/ordering/language.ts'
import { paymentIdOf, providerUnavailable, type payment } from '../domains/payments/language.ts'
import { GigId, OrderId, UserId } from '../domains/shared/index.ts'
import { gigFulfilment } from './gig-fulfilment.ts'

/** What the parties do, at any time and in any order; the order refuses what is not possible then. */
type Act = 'deliver' | 'revise' | 'complete' | 'cancel' | 'agree' | 'decide' | 'leave' | 'quit'

type Plan = {
  readonly hold: 'held' | 'declined' | 'no answer'
  readonly taken: 'taken' | 'refused' | 'no answer'
  readonly acts: readonly Act[]
  /** Whether the provider takes the money without a request, as its ledger may show. */
  readonly early: boolean
  /** Whether the parties act after the due date. */
  readonly late: boolean
}

const [userId, sellerId] = ['bob', 'ada'].map((name) => derivedId(UserId, name))
const orderId = derivedId(OrderId, 'order')
const paymentId = paymentIdOf(orderId)
const saga = gigFulfilment({ orderTimeout: 1 })
const all: readonly AnyDecider[] = deciders

const commands: Readonly<Record<Act, Message>> = {
  deliver: { type: 'DeliverGigOrder', data: { message: 'Here' } },
  revise: { type: 'RequestRevision', data: { message: 'Bluer' } },
  complete: { type: 'CompleteGigOrder', data: {} },
  cancel: { type: 'CancelGigOrder', data: { side: 'buyer' } },
  agree: { type: 'CancelGigOrder', data: { side: 'seller' } },
  decide: { type: 'CancelGigOrder', data: { side: 'admin', words: 'x' } },
  leave: { type: 'LetPartyGo', data: { side: 'buyer' } },
  quit: { type: 'LetPartyGo', data: { side: 'seller' } },
}

/**
 * A simulation in which commands, answers, refusals, timers, the provider and the parties take any time and come in any
 * order; only the log is ordered. Timers also fire after the end of the run.
 * @param choose picks the next of the possible actions
 */
const worldOf = (choose: (among: number) => number, plan: Plan) => {
  const states = new Map<string, unknown>()
  const log: RecordedEvent[] = []
  const sent = new Set<string>()
  const soon = new Set<() => void>()
  const timers = new Set<() => void>()
  let run = { state: saga.initialState, ended: false }
  let ledger: 'nothing' | 'held' | 'taken' | 'released' | 'given back' = 'nothing'
  let read = 0

  const stateOf = (name: string, id: string): unknown =>
    states.get(`${name}-${id}`) ?? all.find((decider) => decider.name === name)?.initialState

  const execute = (
    to: string,
    id: string,
    command: Message,
    now = '2030-01-01',
  ): string | undefined => {
    const decider = all.find(({ name }) => name === to)!
    const context = { now: `${now}T00:00:00.000Z`, by: 'tester' }
    const decision = decider.decide(stateOf(to, id) as never, command as never, context)
    if (isRefusal(decision)) return decision.refused
    for (const event of decision) {
      states.set(`${to}-${id}`, decider.evolve(stateOf(to, id) as never, event as never))
      const fact = recorded(`${to}-${id}`, event)
      log.push(fact)
      provide(fact)
    }
    return undefined
  }
  const pay = (type: string, data: object) => execute('payment', paymentId, { type, data })

  const later = (happen: () => void, among = soon) => {
    const once = () => {
      among.delete(once)
      happen()
    }
    among.add(once)
  }

  /** The payment provider. */
  const provide = ({ type }: RecordedEvent) => {
    const receipt = { provider: 'simulator', providerRef: 'au_1', attempt: 1 }
    const hold = () => {
      // A release that came first declines it.
      if (ledger === 'nothing') ledger = 'held'
    }
    switch (type) {
      case 'PaymentAuthorisationRequested':
        later(() => {
          if (plan.hold !== 'declined') hold()
          if (plan.hold === 'held' && ledger === 'held') {
            pay('RecordAuthorisation', receipt)
            if (plan.early)
              later(() => {
                if (ledger !== 'held') return
                ledger = 'taken'
                pay('CompletePayment', receipt)
              })
          } else {
            const reason = plan.hold === 'no answer' ? providerUnavailable : 'card_declined'
            pay('FailAuthorisation', { reason, attempt: 1 })
          }
        })
        break
      case 'PaymentCaptureRequested':
        if (plan.taken === 'no answer') break
        later(() => {
          if (plan.taken === 'taken' && ledger === 'held') ledger = 'taken'
          if (ledger === 'taken') pay('CompletePayment', receipt)
          else pay('FailCapture', { reason: 'expired', attempt: 1 })
        })
        break
      case 'PaymentReleaseRequested':
        later(() => {
          if (ledger === 'taken' || ledger === 'given back') pay('CompletePayment', receipt)
          else {
            ledger = 'released'
            pay('RecordRelease', { attempt: 1 })
          }
        })
        break
      case 'PaymentRefundRequested':
        later(() => {
          expect(ledger).toBe('taken')
          ledger = 'given back'
          pay('RecordRefund', { refundRef: 're_1' })
        })
        break
    }
  }

  const sendOut = (step: Step) => {
    sent.add(`${step.to} ${step.command.type}`)
    const send = () => {
      const reason = execute(step.to, step.id, step.command)
      // A sender without an answer sends the command again.
      const again = choose(4) === 0 ? execute(step.to, step.id, step.command) : undefined
      const no = reason ?? again
      if (no !== undefined) later(() => hear(refusalOf(step, no)))
    }
    later(send, step.wait === 0 ? soon : timers)
  }

  const hear = (input: RecordedEvent | RefusedCommand) => {
    if (run.ended && !('refused' in input)) return
    const { state, steps, ended } =
      'refused' in input
        ? saga.compensate(run.state, input.refused, input)
        : saga.react(run.state, input)
    run = { state: JSON.parse(JSON.stringify(state)), ended: run.ended || ended }
    steps.forEach(sendOut)
  }

  const readOn = () => {
    const event = log[read++]!
    if (saga.reads.includes(event.type) && saga.keyOf(event) === orderId) hear(event)
  }

  execute('gigOrder', orderId, {
    type: 'PlaceGigOrder',
    data: {
      userId,
      sellerId,
      gigId: derivedId(GigId, 'logo'),
      title: 'A logo',
      package: 'Basic',
      price: { amount: 100, currency: 'EUR' },
      deliveryDays: 3,
      revisions: 2,
      paymentToken: 'tok',
    },
  })
  /** A party tries again what is not possible yet. */
  const act = (one: Act, tries = 6) =>
    later(() => {
      const now = plan.late ? '2031-01-01' : undefined
      const refused = execute('gigOrder', orderId, commands[one], now)
      if ((refused === 'NotStarted' || refused === 'NotDelivered') && tries > 0) act(one, tries - 1)
    })
  plan.acts.forEach((one) => act(one))

  /** Runs one more action. @returns false when none is left */
  const step = (): boolean => {
    const happenings = [...soon, ...(read < log.length ? [readOn] : [])]
    // Timers are mostly late, but may fire early.
    if (happenings.length === 0 || choose(12) === 0) happenings.push(...timers)
    if (happenings.length === 0) return false
    happenings[choose(happenings.length)]!()
    return true
  }

  return { sent, stateOf, step, run: () => run, ledger: () => ledger, log }
}

const acts: readonly Act[] = [
  'deliver',
  'deliver',
  'deliver',
  'deliver',
  'complete',
  'deliver',
  'revise',
  'complete',
  'cancel',
  'agree',
  'decide',
  'leave',
  'quit',
]

const plan: fc.Arbitrary<Plan> = fc.record({
  hold: fc.constantFrom('held', 'held', 'held', 'declined', 'no answer'),
  taken: fc.constantFrom('taken', 'taken', 'taken', 'refused', 'no answer'),
  acts: fc.array(fc.constantFrom(...acts), { maxLength: 8 }),
  early: fc.nat({ max: 9 }).map((one) => one === 0),
  late: fc.boolean(),
})

/**
 * Returns what is possible at the end of all actions: status of the payment, where the money is by the provider's ledger,
 * and whether the run has ended.
 */
const endsOf = (order: typeof gigOrder.initialState, plan: Plan): readonly string[] => {
  if (order.status === 'COMPLETED') return ['completed taken true']
  if (order.status === 'CANCELLED')
    return [
      'voided nothing true',
      'voided released true',
      'failed nothing true',
      'failed released true',
      'refunded given back true',
    ]
  // Accepted, and the provider does not answer: the order waits, and cannot be cancelled.
  if ('accepted' in order) return plan.taken === 'no answer' ? ['capturing held false'] : []
  // Not delivered: silence is no answer to a missing delivery.
  if (order.status !== 'IN_PROGRESS' && order.status !== 'IN_REVISION') return []
  return ['authorised held false', ...(plan.early ? ['completed taken false'] : [])]
}

test('the money of every order agrees with its end, in every order of actions', () => {
  const seen = new Set<string>()
  const sent = new Set<string>()
  fc.assert(
    fc.property(plan, fc.array(fc.nat(), { minLength: 50, maxLength: 200 }), (plan, choices) => {
      let next = 0
      const choose = (among: number) => (choices[next++ % choices.length]! + next) % among
      const world = worldOf(choose, plan)
      let steps = 0
      while (world.step()) expect((steps += 1)).toBeLessThan(1_000)
      world.sent.forEach((command) => sent.add(command))

      const order = world.stateOf('gigOrder', orderId) as typeof gigOrder.initialState
      const owed = world.stateOf('payment', paymentId) as typeof payment.initialState
      seen.add(order.status)
      const { ended } = world.run()
      expect(endsOf(order, plan)).toContain(`${owed.status} ${world.ledger()} ${ended}`)
      // An order never has two ends.
      const ends = world.log.filter(({ type: each }) =>
        ['GigOrderCompleted', 'GigOrderCancelled'].includes(each),
      )
      expect(ends.length).toBeLessThanOrEqual(1)
    }),
    { numRuns: 1_500 },
  )
  for (const end of ['COMPLETED', 'CANCELLED', 'IN_PROGRESS']) expect([...seen]).toContain(end)
  // The saga sends all commands that it declares, and no others.
  const declared = saga.to.flatMap(({ name, commands: own }) =>
    Object.keys(own).map((type) => `${name} ${type}`),
  )
  expect([...sent].toSorted()).toEqual(declared.toSorted())
})
