import { Type } from 'typebox'
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  after,
  become,
  catalogue,
  decider,
  declarationOf,
  derivedUuid,
  end,
  Fields,
  Nothing,
  refuse,
  saga,
  send,
  type AnyDecider,
  type Message,
  type RecordedEvent,
  type Refusal,
} from '#kernel'
import { memoryEventLog } from '../../platform/storage/event-log/memory.ts'
import type { EventLog } from '../../platform/storage/event-log/port.ts'
import { memoryScratch } from '../../platform/storage/scratch/memory.ts'
import { sqliteScratch } from '../../platform/storage/scratch/sqlite.ts'
import { memorySnapshots } from '../../platform/storage/snapshots/memory.ts'
import { executor } from '../execute.ts'
import { inputOf, type Timer } from '../saga-input.ts'
import { sagaInstances } from '../saga-instances.ts'
import { countEnds, triedDeciders } from './ends.ts'
import type { PolicyReport } from './report.ts'
import { policyTally } from './tally.ts'
import { policyTrial, type PolicyRules, type Trying } from './trial.ts'

// A theatre: a booking reserves seats of a show, is confirmed, and expires when it is not paid in time.
const booking = decider({
  name: 'booking',
  id: Type.String(),
  commands: {
    Book: Fields({ show: Type.String(), seats: Type.Integer() }),
    Confirm: Nothing,
    Pay: Fields({ cents: Type.Integer() }),
    Expire: Nothing,
    Reject: Nothing,
    Thank: Fields({ words: Type.String() }),
  },
  events: {
    Booked: Fields({ show: Type.String(), seats: Type.Integer() }),
    Confirmed: Nothing,
    Paid: Fields({ cents: Type.Integer() }),
    Expired: Nothing,
    Rejected: Nothing,
    Thanked: Fields({ words: Type.String() }),
  },
  refusals: { Over: 'It is over.', NoSuchBooking: 'There is none.' },
}).rules<{ readonly status: string; readonly cents: number }>({
  initialState: { status: 'new', cents: 0 },
  decide: {
    Book: (data, { status }) => (status === 'new' ? [{ type: 'Booked', data }] : []),
    Confirm: (_, { status }) =>
      status === 'booked' ? [{ type: 'Confirmed', data: {} }] : refuse('Over'),
    Pay: (data, { status }) =>
      status === 'confirmed'
        ? [{ type: 'Paid', data }]
        : refuse(status === 'new' ? 'NoSuchBooking' : 'Over'),
    Expire: (_, { status }) =>
      status === 'booked' || status === 'confirmed'
        ? [{ type: 'Expired', data: {} }]
        : refuse('Over'),
    Reject: (_, { status }) => (status === 'booked' ? [{ type: 'Rejected', data: {} }] : []),
    Thank: (data) => [{ type: 'Thanked', data }],
  },
  evolve: {
    Booked: (state) => ({ ...state, status: 'booked' }),
    Confirmed: (state) => ({ ...state, status: 'confirmed' }),
    Paid: (_, { cents }) => ({ status: 'paid', cents }),
    Expired: (state) => ({ ...state, status: 'expired' }),
    Rejected: (state) => ({ ...state, status: 'rejected' }),
    Thanked: (state) => state,
  },
})

const show = decider({
  name: 'show',
  id: Type.String(),
  commands: {
    Reserve: Fields({ booking: Type.String(), seats: Type.Integer() }),
    Free: Fields({ booking: Type.String() }),
  },
  events: {
    Reserved: Fields({ booking: Type.String(), seats: Type.Integer() }),
    Freed: Fields({ booking: Type.String() }),
  },
  refusals: { SoldOut: 'It is sold out.' },
}).rules<Readonly<Record<string, number>>>({
  initialState: {},
  decide: {
    Reserve: (data, held) =>
      taken(held) + data.seats > 10 ? refuse('SoldOut') : [{ type: 'Reserved', data }],
    Free: (data, held) => (data.booking in held ? [{ type: 'Freed', data }] : []),
  },
  evolve: {
    Reserved: (held, { booking: by, seats }) => ({ ...held, [by]: seats }),
    Freed: (held, { booking: by }) =>
      Object.fromEntries(Object.entries(held).filter(([one]) => one !== by)),
  },
})
const taken = (held: Readonly<Record<string, number>>): number =>
  Object.values(held).reduce((sum, seats) => sum + seats, 0)

type Run = { readonly show: string; readonly id: string }

const selling = (patience = 60_000) =>
  saga({
    name: 'selling',
    subject: 'Sale',
    from: [booking, show],
    to: [booking, show],
    key: ({ id, data }) => ('booking' in data ? data.booking : id),
  }).rules<Run>({
    initialState: { show: '', id: '' },
    on: {
      Booked: (_, { id, data: { show: of, seats } }) =>
        become(
          { show: of, id },
          send(show, of, 'Reserve', { booking: id, seats }),
          after(patience, send(booking, id, 'Expire')),
        ),
      Reserved: (state) => become({ ...state }, send(booking, state.id, 'Confirm')),
      // Two commands at once, whose events change nothing in the run.
      Paid: (state) =>
        become(
          { ...state },
          send(booking, state.id, 'Thank', { words: 'thanks' }),
          send(booking, state.id, 'Thank', { words: 'really' }),
        ),
      Thanked: (state) => become(state),
      Expired: (state) => end(state, send(show, state.show, 'Free', { booking: state.id })),
    },
    refused: {
      Reserve: (state) => end(state, send(booking, state.id, 'Reject')),
    },
  })

const installed: PolicyRules = { deciders: [booking, show], sagas: [selling()] }

/** A clock that is set, in seconds. */
const clockAt = () => {
  let seconds = 0
  return {
    to: (next: number) => void (seconds = next),
    now: () => new Date(Date.UTC(2030, 0, 1) + seconds * 1_000),
  }
}

/** A theatre in memory that runs for real: bookings are made, paid and expire. */
const theatre = () => {
  const clock = clockAt()
  const log = memoryEventLog(clock.now)
  const events = catalogue([...installed.deciders, ...installed.sagas.map(declarationOf)])
  const deciders = new Map<string, AnyDecider>(installed.deciders.map((one) => [one.name, one]))
  const running = executor({
    log,
    snapshots: memorySnapshots(),
    catalogue: events,
    clock: clock.now,
  })
  const [only] = installed.sagas
  const runs = sagaInstances(only!, {
    log,
    executor: running,
    deciders,
    catalogue: events,
    clock: clock.now,
  })
  let delivered = 0n
  let timers: Timer[] = []
  const settle = async () => {
    for (;;) {
      const { events: page } = await log.readAll({ after: delivered })
      if (page.length === 0) return
      for (const event of page) {
        delivered = event.position
        const key = only!.reads.includes(event.type) ? only!.keyOf(event) : undefined
        if (key !== undefined) timers.push(...(await runs.drive(key, inputOf(event))))
      }
    }
  }
  let sent = 0
  return {
    log,
    /** Somebody sends a command, at a time in seconds. Timers that are due before fire first. */
    at: async (seconds: number, id: string, command: Message) => {
      for (const timer of timers.filter(
        ({ dueAt }) => dueAt <= Date.UTC(2030, 0, 1) + seconds * 1_000,
      )) {
        timers = timers.filter((one) => one !== timer)
        clock.to((timer.dueAt - Date.UTC(2030, 0, 1)) / 1_000)
        const input = {
          kind: 'timer',
          id: `timer:${timer.step.id}`,
          step: timer.step,
          correlationId: timer.correlationId,
          causationId: timer.step.id,
        } as const
        timers.push(...((await runs.fire(timer.key, input, async () => true)) ?? []))
        await settle()
      }
      clock.to(seconds)
      const commandId = derivedUuid('sent', String((sent += 1)))
      await running.execute(booking, id, command as never, {
        commandId,
        actorId: 'somebody',
        correlationId: commandId,
      })
      await settle()
    },
  }
}

const book = (seats: number, of = 'hamlet'): Message => ({
  type: 'Book',
  data: { show: of, seats },
})
const pay: Message = { type: 'Pay', data: { cents: 100 } }
const thank: Message = { type: 'Thank', data: { words: 'bravo' } }

/** Tries rules on a log. */
const tried = async (
  log: EventLog,
  changed: Partial<Trying['changed']>,
  more: Partial<Pick<Trying, 'scratch' | 'answersTo' | 'installed'>> & {
    readonly from?: bigint
  } = {},
): Promise<ReturnType<ReturnType<typeof policyTally>['report']> & { readonly events: number }> => {
  const { from = 0n, ...given } = more
  const rules = { deciders: [], sagas: [], ...changed }
  const tally = policyTally()
  const scratch = given.scratch ?? memoryScratch()
  onTestFinished(scratch.close)
  const events = catalogue([
    ...triedDeciders(installed.deciders, rules.deciders),
    ...installed.sagas.map(declarationOf),
  ])
  const trial = policyTrial({
    log,
    installed,
    changed: rules,
    catalogue: events,
    scratch,
    tally,
    last: await log.head(),
    answersTo: () => [],
    explain: String,
    ...given,
  })
  const { events: page } = await log.readAll({ after: from, limit: 10_000 })
  // Small pages: batches go over their ends.
  for (let at = 0; at < page.length; at += 3) await trial.take(page.slice(at, at + 3))
  countEnds(await trial.finish(), {
    measures: new Map([
      [
        'booking',
        { money: ({ cents }: { cents: number }) => ({ paid: { amount: cents, currency: 'EUR' } }) },
      ],
      ['show', { pieces: (held: Readonly<Record<string, number>>) => ({ taken: taken(held) }) }],
    ]),
    catalogue: events,
    tally,
  })
  return { ...tally.report(), events: trial.events() }
}

const shown = ({ differences }: Pick<PolicyReport, 'differences'>) =>
  differences
    .map(({ to, command, kind, reason, because, count }) =>
      [count, to, command, kind, ...(reason === undefined ? [] : [reason]), because].join(' '),
    )
    .toSorted()

const endsOf = ({ ends }: Pick<PolicyReport, 'ends'>) =>
  ends.map(({ category, recorded, changed, count }) =>
    [count, category, recorded, changed].join(' '),
  )

/** A decider that answers some commands by another rule. */
const but = (
  one: AnyDecider,
  decide: (state: never, command: Message) => readonly Message[] | Refusal | undefined,
): AnyDecider => ({
  ...one,
  decide: (state, command, context) =>
    decide(state, command) ?? one.decide(state, command, context),
})

/** An evening: a and b take all seats, c finds none, a pays, b expires, d takes the seats of b. */
const evening = async () => {
  const { log, at } = theatre()
  await at(0, 'a', book(6))
  await at(1, 'b', book(4))
  await at(2, 'c', book(2))
  await at(3, 'a', pay)
  await at(100, 'd', book(4))
  await at(101, 'd', pay)
  await at(102, 'a', thank)
  return log
}

const small = but(booking, (_, { type, data }) =>
  type === 'Book' && (data as { seats: number }).seats > 5 ? refuse('Over') : undefined,
)

describe('rules that are tried on a history', () => {
  test('and that are the same differ in nothing', async () => {
    const log = await evening()
    const head = await log.head()
    const report = await tried(log, {
      deciders: [{ ...booking }, { ...show }],
      sagas: [{ ...selling() }],
    })
    expect(shown(report)).toEqual([])
    expect(endsOf(report)).toEqual([])
    expect(report.runs).toEqual([{ saga: 'selling', runs: 4, differing: 0, commands: [] }])
    expect(report.commands).toMatchObject({ unknown: [], ambiguous: 0 })
    expect(report.commands.decided).toBe(report.commands.same)
    expect(report.events).toBe(Number(head))
    expect(await log.head()).toBe(head)
  })

  test('of a decider refuse what was recorded, and all that followed is followed', async () => {
    const report = await tried(await evening(), { deciders: [small] })
    expect(shown(report)).toEqual([
      '1 booking Book refused Over rules',
      // Without a, there are seats for c.
      '1 booking Confirm notSent consequence',
      '1 booking Confirm sent consequence',
      '1 booking Expire sent consequence',
      '1 booking Pay refused NoSuchBooking consequence',
      '1 booking Reject notSent consequence',
      '1 show Free sent consequence',
      '1 show Reserve accepted consequence',
      '1 show Reserve notSent consequence',
      '2 booking Thank notSent consequence',
    ])
    expect(endsOf(report).toSorted()).toEqual(['1 booking paid new', '1 booking rejected expired'])
    expect(report.money).toEqual([
      { name: 'paid', currency: 'EUR', recorded: 100, changed: 0, difference: -100 },
    ])
    expect(report.pieces).toEqual([{ name: 'taken', recorded: 10, changed: 4, difference: -6 }])
  })

  test('of a saga change when commands are sent: timers fire by their clock', async () => {
    const report = await tried(await evening(), { sagas: [selling(2_500)] })
    expect(endsOf(report)).toEqual(['1 booking paid expired'])
    // The booking a was paid after 3 s, which is too late now.
    expect(shown(report)).toContain('1 booking Pay refused Over consequence')
  })

  test('see the same with any scratch', async () => {
    const log = await evening()
    const one = await tried(log, { deciders: [small] })
    const other = await tried(log, { deciders: [small] }, { scratch: sqliteScratch() })
    expect(other).toEqual(one)
  })

  test('are judged from a position on; before it, all is as it was recorded', async () => {
    const log = await evening()
    const { events } = await log.readAll()
    const paid = events.find(({ type }) => type === 'Paid')!
    const report = await tried(log, { deciders: [small] }, { from: paid.position })
    expect(shown(report)).toEqual([])
    expect(report.commands.decided).toBeGreaterThan(3)
  })

  test('that fail are reported, and what was recorded stands', async () => {
    const failing = but(booking, (_, { type, data }) => {
      if (type === 'Pay') throw new Error('no such rule')
      return type === 'Thank' && (data as { words: string }).words === 'bravo'
        ? [{ type: 'Thanked', data: { words: 1 } }]
        : undefined
    })
    const report = await tried(await evening(), { deciders: [failing] })
    expect(shown(report)).toEqual([])
    expect(report.problemCount).toBe(3)
    expect(report.problems).toEqual([
      'Pay to booking-a cannot be decided: Error: no such rule',
      'Pay to booking-d cannot be decided: Error: no such rule',
      'Thank leads to an event that does not match its schema: Thanked: words must be string',
    ])
  })

  test('are not tried on events that the installed rules do not lead to', async () => {
    const { log, at } = theatre()
    await at(0, 'a', book(6))
    const older = but(booking, (_, { type }) => (type === 'Book' ? refuse('Over') : undefined))
    const report = await tried(
      log,
      { deciders: [small] },
      { installed: { ...installed, deciders: [older, show] } },
    )
    expect(shown(report)).toEqual([])
    expect(report.commands.unknown).toEqual([{ to: 'booking', events: 'Booked', count: 1 }])
  })

  test('may name the command of events', async () => {
    const { log, at } = theatre()
    await at(0, 'a', book(6))
    const seen: (readonly RecordedEvent[])[] = []
    await tried(log, {
      deciders: [small],
      commandOf: (events, { by }) => {
        expect(by).toBe('somebody')
        seen.push(events)
        return undefined
      },
    })
    expect(seen.map(([first]) => first?.type)).toContain('Booked')
  })

  test('are given assumed answers of the outside world to what was not recorded', async () => {
    const roomy = but(show, (held: Readonly<Record<string, number>>, { type, data }) =>
      type === 'Reserve' && taken(held) < 100 ? [{ type: 'Reserved', data }] : undefined,
    )
    const log = await evening()
    const report = await tried(
      log,
      { deciders: [roomy] },
      {
        answersTo: ({ type, id }) =>
          type === 'Confirmed' ? [{ to: 'booking', target: id, command: pay }] : [],
      },
    )
    expect(endsOf(report)).toEqual(['1 booking rejected paid'])
    expect(report.commands.assumed).toBe(1)
    expect(report.money).toMatchObject([{ name: 'paid', difference: 100 }])
  })

  test('that send commands in a circle are stopped', async () => {
    const { log, at } = theatre()
    await at(0, 'a', book(6))
    const usual = selling()
    const circling = {
      ...usual,
      react: (state: Run, event: RecordedEvent) =>
        event.type === 'Booked' || event.type === 'Thanked'
          ? become({ ...state }, send(booking, 'a', 'Thank', { words: 'again' }))
          : usual.react(state, event),
    }
    const report = await tried(log, { sagas: [circling] })
    expect(report.problems).toContainEqual(expect.stringContaining('in a circle'))
  })
})
