import {
  categoryOf,
  derivedUuid,
  idOf,
  isRefusal,
  streamOf,
  type AnyDecider,
  type AnySaga,
  type Catalogue,
  type Message,
  type Metadata,
  type RecordedEvent,
  type RecordedStep,
  type Refusal,
  type SagaMoved,
} from '#kernel'
import { boundedCache } from '../../platform/bounded-cache.ts'
import type { EventLog } from '../../platform/storage/event-log/port.ts'
import type { Scratch } from '../../platform/storage/scratch/port.ts'
import { inputOf, refusalOf } from '../saga-input.ts'
import { standAfter } from '../saga-runs.ts'
import { sameAnswer, shownAnswer, type Answer, type Before } from './answers.ts'
import { batches, type Batch } from './batches.ts'
import type { CommandOf } from './command-of.ts'
import { decidingAnew } from './deciding-anew.ts'
import { drivingRuns, timerOf, type Place, type Sender, type Waiting } from './driving-runs.ts'
import { decided, mostDelay, reproduce } from './reproduce.ts'
import type { DifferenceKind } from './report.ts'
import { kindOf, type PolicyTally } from './tally.ts'
import { moveIn, type TriedRun } from './tried-runs.ts'
import { timerInput } from './tried-timers.ts'
import { eventIn, triedStreams, type TriedStream } from './tried-streams.ts'
import { workQueue } from './work-queue.ts'

/** Rules by which a history is decided. */
export type PolicyRules = {
  readonly deciders: readonly AnyDecider[]
  readonly sagas: readonly AnySaga[]
}

/** A command that the outside world answers a new event with. */
export type AssumedAnswer = {
  readonly to: string
  readonly target: string
  readonly command: Message
}

/** Dependencies of `policyTrial`. */
export type Trying = {
  readonly log: Pick<EventLog, 'read'>
  /** The rules of this version of Agora. */
  readonly installed: PolicyRules
  /** Deciders and sagas that are tried in place of those of their name. */
  readonly changed: PolicyRules & { readonly commandOf?: CommandOf }
  /** Events under the rules that are tried. */
  readonly catalogue: Catalogue
  readonly scratch: Scratch
  readonly tally: PolicyTally
  /** Last position of the range. */
  readonly last: bigint
  /** What the outside world is assumed to answer to an event that was not recorded. */
  readonly answersTo: (event: RecordedEvent) => readonly AssumedAnswer[]
  /** Says what a rule failed with. */
  readonly explain: (error: unknown) => string
}

/** The actor of assumed answers. */
const outside = 'what-if'

/** Commands, events and inputs that may follow from one recorded event, before the rules are taken for a loop. */
const mostWork = 10_000

/** Numbers of steps and events in memory, to find the command of an event, and the event of a move. */
const remembered = { steps: 20_000, events: 5_000 }

/**
 * Runs changed deciders and sagas over a recorded history, beside what was recorded. The log is taken in its order. Streams and
 * runs that no difference has reached are as they were recorded; the others are decided anew, each recorded command where its
 * outcome was recorded, at the time of that. Commands from outside are given as they were, unless what led to them
 * did not happen. Nothing is appended.
 */
export const policyTrial = (trying: Trying) => {
  const { log, installed, changed, catalogue, scratch, tally, last, answersTo, explain } = trying
  const byName = <T extends { readonly name: string }>(some: readonly T[]) =>
    new Map(some.map((one) => [one.name, one] as const))
  const installedDeciders = byName(installed.deciders)
  const changedSagas = byName(changed.sagas)
  const sagas = new Map([...byName(installed.sagas), ...changedSagas])
  const problem = (sentence: string, error?: unknown): void =>
    tally.problem(error === undefined ? sentence : `${sentence}: ${explain(error)}`)

  const streams = triedStreams({
    log,
    installed: installedDeciders,
    changed: byName(changed.deciders),
    scratch,
    onProblem: (stream, { type }, error) =>
      problem(`${type} cannot be folded into ${catalogue.streamTold(stream)}`, error),
  })
  /** Steps of runs that are as they were recorded, by id. */
  const recentSteps = boundedCache<string, Waiting>(remembered.steps)
  /** Recorded events that sagas read, by id. */
  const recentEvents = boundedCache<string, RecordedEvent>(remembered.events)

  const place: Place = { reached: 0n, now: '' }
  let events = 0
  const work = workQueue(mostWork, () =>
    tally.problem(
      `More than ${mostWork} commands and moves follow from the event at position ${place.reached}: do the rules send commands in a circle?`,
    ),
  )
  const inBatches = batches()

  const save = (): void => {
    streams.save()
    runs.save()
  }

  const isGone = (eventId: string): boolean => scratch.get('gone', eventId) !== undefined
  const gone = (some: readonly RecordedEvent[]): void =>
    some.forEach(({ eventId }) => scratch.set('gone', eventId, 0))

  const differs = (
    stream: string,
    command: string,
    kind: DifferenceKind,
    because: 'rules' | 'consequence',
    {
      recorded,
      answer,
      position = place.reached,
    }: {
      readonly recorded: Answer | Before
      readonly answer: Answer | Before
      readonly position?: bigint
    },
  ): void =>
    tally.differs({
      to: categoryOf(stream),
      command,
      kind,
      because,
      reason: typeof answer === 'object' && isRefusal(answer) ? answer.refused : undefined,
      sample: {
        stream: catalogue.streamTold(stream),
        position: String(position),
        at: place.now,
        recorded: shownAnswer(recorded),
        changed: shownAnswer(answer),
      },
    })

  const driving = drivingRuns({
    log,
    sagas,
    changedSagas,
    streams,
    catalogue,
    scratch,
    tally,
    last,
    place,
    work,
    onProblem: problem,
    send: (waiting, before) => send(waiting, before),
  })
  const { runs, deliver, keyIn, drive, countSteps, refuse } = driving
  const { answerOf, becauseOf } = decidingAnew({ streams, catalogue, onProblem: problem })

  const originOf = ({ saga }: Sender, { id }: RecordedStep, correlationId: string): Metadata => ({
    commandId: id,
    actorId: saga,
    correlationId,
    causationId: id,
    schemaVersion: 1,
  })

  /** Takes events that were not recorded, or that replace recorded ones. */
  const take = async (
    one: TriedStream,
    messages: readonly Message[],
    metadata: Metadata,
    batch?: Batch,
  ): Promise<void> => {
    one.differs = true
    const isOfRecorded = ({ type }: Message, index: number) => batch?.events[index]?.type === type
    const made = messages.map((message, index) =>
      eventIn(one.stream, message, {
        eventId: isOfRecorded(message, index)
          ? batch!.events[index]!.eventId
          : derivedUuid(metadata.commandId, String(index)),
        revision: one.changedRevision + 1 + index,
        position: place.reached,
        at: place.now,
        metadata: { ...metadata, schemaVersion: catalogue.versionOf(message.type) },
      }),
    )
    gone((batch?.events ?? []).filter(({ type }, index) => messages[index]?.type !== type))
    streams.fold(one, made, 'changed')
    await deliver(made, false)
    for (const event of made.filter((message, index) => !isOfRecorded(message, index)))
      for (const answer of answersTo(event)) work.add(() => assume(answer, event))
  }

  /** Sends what the outside world is assumed to answer. */
  const assume = async (
    { to, target, command }: AssumedAnswer,
    { eventId, metadata: { correlationId } }: RecordedEvent,
  ): Promise<void> => {
    const one = await streams.open(`${to}-${target}`, place.reached)
    const metadata: Metadata = {
      commandId: derivedUuid(outside, eventId),
      causationId: eventId,
      correlationId,
      actorId: outside,
      schemaVersion: 1,
    }
    const answer = one.lost ? undefined : answerOf(one, command, { now: place.now, by: outside })
    if (!answer) return
    tally.assumed()
    differs(one.stream, command.type, 'sent', 'consequence', { recorded: 'notSent', answer })
    if (!isRefusal(answer)) await take(one, answer, metadata)
  }

  /** Sends a command of a run. @param steps of the recorded move of its refusal */
  const send = async (
    waiting: Waiting,
    before: Before,
    steps?: readonly RecordedStep[],
  ): Promise<void> => {
    const { step, saga, correlationId } = waiting
    const rule = changedRule(step)
    if (!rule) {
      tally.problem(`${saga} sends ${step.type} to ${step.to}, which no decider accepts`)
      return
    }
    const one = await streams.open(streamOf(rule, step.target), place.reached)
    const command = { type: step.type, data: step.data }
    const context = { now: place.now, by: saga }
    // In a stream that cannot be folded, all is as it was.
    const answer = one.lost ? undefined : answerOf(one, command, context)
    if (!answer) {
      if (typeof before === 'object') await refuse(waiting, before, steps)
      return
    }
    const isRefused = isRefusal(answer)
    // A refusal that changed nothing in the run was not recorded: the installed rules tell it from a command without events.
    const usual =
      before === 'silent'
        ? decided(streams.installedRuleOf(one.stream), one.recorded, command, context)
        : undefined
    const had = usual && isRefusal(usual) ? usual : before
    const isSame =
      had === 'silent'
        ? !isRefused && answer.length === 0
        : typeof had === 'object' && isRefused && had.refused === answer.refused
    if (before !== 'notSent') tally.decided(isSame)
    if (!isSame) {
      const kind =
        before === 'notSent'
          ? 'sent'
          : kindOf(had === 'silent' ? 'events' : 'refused', isRefused ? 'refused' : 'events')
      const because =
        before === 'notSent'
          ? changedSagas.has(saga)
            ? 'rules'
            : 'consequence'
          : becauseOf(one, command, context, answer)
      differs(one.stream, command.type, kind, because, { recorded: had, answer })
    }
    if (isRefused) await refuse(waiting, answer, steps)
    else if (answer.length > 0) await take(one, answer, originOf(waiting, step, correlationId))
  }

  const changedRule = ({ to, type }: RecordedStep): AnyDecider | undefined => {
    const rule = installedDeciders.has(to) ? streams.ruleOf(`${to}-`) : undefined
    return rule && Object.hasOwn(rule.commands, type) ? rule : undefined
  }

  /** The events stand as they were recorded. */
  const pass = async ({ events: some, last: end }: Batch): Promise<void> => {
    place.reached = end.position
    await deliver(some, true)
  }

  /** The same, in a stream where both worlds may differ. */
  const follow = async (one: TriedStream, batch: Batch, isFolded = false): Promise<void> => {
    if (!isFolded) streams.fold(one, batch.events, 'recorded')
    streams.fold(one, batch.events, 'changed')
    await pass(batch)
  }

  /** What led to the command of these events has not happened: neither have they. */
  const drop = async (
    one: TriedStream,
    batch: Batch,
    because: 'rules' | 'consequence',
    isFolded = false,
  ): Promise<void> => {
    const { events: some, first, last: end } = batch
    const found = isFolded
      ? undefined
      : reproduce(streams.installedRuleOf(one.stream), one.recorded, some, undefined)
    const types = some.map(({ type }) => type).join(', ')
    const command = found?.commands[0]?.type ?? `(${types})`
    if (!isFolded) streams.fold(one, some, 'recorded')
    one.differs = true
    gone(some)
    place.reached = end.position
    differs(one.stream, command, 'notSent', because, {
      recorded: some,
      answer: 'notSent',
      position: first.position,
    })
  }

  /** Decides the command of recorded events again. @param waiting the command, where a saga has sent it */
  const judge = async (batch: Batch, waiting: Waiting | undefined): Promise<void> => {
    const { events: some, first, last: end } = batch
    const { stream, metadata } = first
    const one = await streams.open(stream, place.reached, first.revision === 0)
    const isOther = waiting?.isSame === false
    if (one.lost || (!isOther && !streams.isChanged(stream) && !one.differs))
      return follow(one, batch)
    const by = metadata.actorId
    const known = waiting
      ? { type: waiting.step.type, data: waiting.step.data }
      : namedCommand(some, one.recorded, by)
    const found = isOther
      ? undefined
      : reproduce(streams.installedRuleOf(stream), one.recorded, some, known)
    streams.fold(one, some, 'recorded')
    place.reached = end.position
    if (!found && !(known && (isOther || one.differs))) {
      tally.unknown(categoryOf(stream), some)
      // Without events, there is nothing that a later command could be about.
      return one.changedRevision < 0 && first.revision > 0
        ? drop(one, batch, 'consequence', true)
        : follow(one, batch, true)
    }
    const {
      commands,
      tolerance,
      now: decidedAt,
    } = found ?? {
      commands: [known!],
      now: first.at,
      tolerance: mostDelay,
    }
    const context = { now: decidedAt, by }
    const answers = commands.map((command) => answerOf(one, command, context))
    const [answer] = answers
    const [command] = commands
    if (!answer || !command) return follow(one, batch, true)
    if (answers.some((other) => other && !sameAnswer(answer, other, tolerance))) tally.ambiguous()
    const isSame = sameAnswer(answer, some, tolerance)
    tally.decided(isSame)
    if (isSame) return follow(one, batch, true)
    const isRefused = isRefusal(answer)
    differs(
      stream,
      command.type,
      kindOf('events', isRefused ? 'refused' : 'events'),
      isOther && changedSagas.has(waiting.saga)
        ? 'rules'
        : becauseOf(one, command, context, answer),
      { recorded: some, answer, position: first.position },
    )
    if (!isRefused) return take(one, answer, metadata, batch)
    one.differs = true
    gone(some)
    if (waiting) await refuse(waiting, answer, undefined)
  }

  const namedCommand = (
    some: readonly RecordedEvent[],
    state: unknown,
    by: string,
  ): Message | undefined => {
    try {
      return changed.commandOf?.(some, { state, by })
    } catch (error) {
      problem('commandOf fails', error)
      return undefined
    }
  }

  const takeEvents = async (batch: Batch): Promise<void> => {
    const { events: some, first } = batch
    const { stream, metadata } = first
    for (const event of some) if (driving.reads(event.type)) recentEvents.set(event.eventId, event)
    const sent = scratch.get('send', metadata.commandId) as Waiting | undefined
    if (sent) scratch.delete('send', metadata.commandId)
    else {
      const cause = scratch.get('superseded', metadata.causationId) as
        | { readonly saga: string }
        | undefined
      if (cause || isGone(metadata.causationId)) {
        const one = await streams.open(stream, place.reached, first.revision === 0)
        const because = cause && changedSagas.has(cause.saga) ? 'rules' : 'consequence'
        return one.lost ? follow(one, batch) : drop(one, batch, because)
      }
    }
    if (sent?.isSame !== false && !streams.isTried(stream)) return pass(batch)
    await judge(batch, sent ?? recentSteps.get(metadata.commandId))
  }

  /** A recorded refusal of a command that was sent in both worlds. */
  const retry = async (
    waiting: Waiting,
    recorded: Refusal,
    event: RecordedEvent,
    { steps }: SagaMoved,
    run: TriedRun | undefined,
  ): Promise<void> => {
    const { step, saga: name, key } = waiting
    const stream = `${step.to}-${step.target}`
    const asBefore = async () => {
      if (run) await refuse(waiting, recorded, steps)
    }
    if (!changedRule(step) || !streams.mayDiffer(stream)) return asBefore()
    const one = await streams.open(stream, place.reached)
    const command = { type: step.type, data: step.data }
    const context = { now: event.at, by: name }
    const usual = decided(streams.installedRuleOf(stream), one.recorded, command, context)
    if (one.lost || !usual || !sameAnswer(usual, recorded, 0)) return asBefore()
    const answer = answerOf(one, command, context)
    if (!answer) return asBefore()
    if (sameAnswer(answer, recorded, 0)) {
      tally.decided(true)
      return asBefore()
    }
    const saga = sagas.get(name)
    if (!run && saga) supersede(await runs.open(saga, key, place.reached), event)
    return send(waiting, recorded, steps)
  }

  const supersede = (run: TriedRun, { eventId, data }: RecordedEvent): void => {
    scratch.set('superseded', eventId, { saga: run.saga })
    const id = moveIn({ data })?.input.id
    run.waits = run.waits.filter((one) => one !== id)
  }

  const takeMove = async (saga: AnySaga, event: RecordedEvent): Promise<void> => {
    const moved = moveIn(event)
    if (!moved) return
    const { input, steps } = moved
    const key = idOf(event.stream)
    const isOfGone = input.kind === 'event' && isGone(input.id)
    const isTried = changedSagas.has(saga.name) || isOfGone
    const run = isTried ? await runs.open(saga, key, place.reached) : runs.find(saga.name, key)
    if (run) supersede(run, event)
    else rememberSteps({ saga: saga.name, key }, event, moved)
    if (input.kind === 'refusal') {
      const id = input.id.slice(refusalOf({ id: '' }).length)
      const refused: Refusal = { refused: input.reason ?? '' }
      const sent = run && (scratch.get('send', id) as Waiting | undefined)
      if (sent) {
        scratch.delete('send', id)
        const stream = `${sent.step.to}-${sent.step.target}`
        if (sent.isSame && !streams.mayDiffer(stream)) return refuse(sent, refused, steps)
        return send(sent, refused, steps)
      }
      const waiting = recentSteps.get(id)
      if (waiting) return retry(waiting, refused, event, moved, run)
      if (run) countSteps(run, { notSent: steps, sent: [] })
      return
    }
    if (!run) return
    if (input.kind === 'timer') {
      const id = input.id.slice(timerInput('').length)
      const step = driving.timers.fire(id)?.step
      return step
        ? drive(run, timerOf(step, event.metadata.correlationId), event.at, steps)
        : countSteps(run, { notSent: steps, sent: [] })
    }
    const index = run.queue.findIndex(({ eventId }) => eventId === input.id)
    const queued = index < 0 ? [] : run.queue.splice(0, index + 1)
    const known = isOfGone ? undefined : recentEvents.get(input.id)
    const own = queued.pop() ?? (known && keyIn(saga, known) === key ? known : undefined)
    for (const ahead of queued) await drive(run, inputOf(ahead), event.at)
    if (own) return drive(run, inputOf(own), event.at, steps)
    const isFromBefore = !isOfGone && !known && sagas.get(saga.name)!.reads.includes(input.type)
    if (!isFromBefore) return countSteps(run, { notSent: steps, sent: [] })
    // The event was before the range: its move stands as it was recorded.
    scratch.delete('superseded', event.eventId)
    run.stand = standAfter(run.stand, moved)
    rememberSteps(run, event, moved)
  }

  /** Remembers the commands that a run was recorded to send. */
  const rememberSteps = (
    { saga, key }: Sender,
    { metadata: { correlationId } }: RecordedEvent,
    { steps }: SagaMoved,
  ): void => {
    for (const step of steps)
      if (step.wait === 0)
        recentSteps.set(step.id, { saga, key, step, isSame: true, correlationId })
  }

  const takeBatch = async (batch: Batch): Promise<void> => {
    const { events: some, first, last: end } = batch
    await driving.fireDue(first.at)
    place.now = first.at
    place.reached = first.position - 1n
    const saga = sagas.get(categoryOf(first.stream))
    if (saga)
      for (const event of some) {
        place.reached = event.position - 1n
        await takeMove(saga, event)
      }
    else if (installedDeciders.has(categoryOf(first.stream))) await takeEvents(batch)
    place.reached = end.position
    await work.finish()
    save()
    events += some.length
  }

  return {
    /** Takes the next events of the log. */
    take: async (page: readonly RecordedEvent[]): Promise<void> => {
      for (const batch of inBatches.next(page)) await takeBatch(batch)
    },
    /** Sends what still waits; to be called once, after the last events. @returns all streams that were decided again */
    finish: async (): Promise<Iterable<TriedStream>> => {
      for (const batch of inBatches.rest()) await takeBatch(batch)
      for (const run of runs.all()) {
        const opened = runs.find(run.saga, run.key)
        if (opened && opened.sends.length > 0) await driving.sendRest(opened)
        await work.finish()
        save()
      }
      return streams.all()
    },
    /** Number of events so far. */
    events: (): number => events,
  }
}
