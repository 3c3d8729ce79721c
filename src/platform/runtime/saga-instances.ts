import { LRUCache } from 'lru-cache'
import {
  derivedUuid,
  isRefusal,
  sagaEventTypes,
  streamOf,
  type AnyDecider,
  type AnySaga,
  type Catalogue,
  type Move,
  type RecordedEvent,
  type RecordedStep,
  type SagaMoved,
  type Step,
} from '#kernel'
import { Conflict, type EventLog, type NewEvent } from '../event-log/port.ts'
import { commandOf } from '../event-readers/port.ts'
import { NewerVersion } from '../newer-version.ts'
import { Unavailable } from '../unavailable.ts'
import type { Draft, Drafts } from './drafts.ts'
import type { Executor, Origin } from './execution.ts'
import { recordMove } from './record-move.ts'

/** So many runs are kept in memory; others are read from their streams when they are needed. */
const cachedInstances = 20_000

/** How often a move is tried when others write to the saga's stream as well. */
const attempts = 5

/** What a run is told. One with an id that it knows is not taken twice, but what it led to is sent again. */
export type Input = {
  /** Tells inputs apart. */
  readonly id: string
  readonly correlationId: string
  readonly causationId: string
} & (
  | { readonly kind: 'event'; readonly event: RecordedEvent }
  | { readonly kind: 'refusal'; readonly step: RecordedStep; readonly reason: string }
  | { readonly kind: 'timer'; readonly step: RecordedStep }
)

/** A command that is to be sent later, unless its run has ended by then. */
export type Timer = {
  readonly saga: string
  readonly key: string
  readonly step: RecordedStep
  readonly correlationId: string
  /** ms since 1970 */
  readonly dueAt: number
}

/** A move as it was recorded. */
type Recorded = {
  readonly eventId: string
  readonly correlationId: string
  readonly at: number
  readonly steps: readonly RecordedStep[]
  /** Why the command was refused, where the move compensates a refusal. */
  readonly reason?: string | undefined
}

/** A recorded move, and which of its steps were recorded with it. */
type Moved = { readonly move: Recorded; readonly sent: ReadonlySet<string> }

/** One run of the process. */
type Instance = {
  readonly key: string
  readonly stream: string
  /**
   * Whether its stream has been read. Until then it is taken for a new one, which is usually right and saves a read:
   * what contradicts the stream is refused by the log, and before an input is passed over the stream is read.
   */
  loaded: boolean
  state: unknown
  revision: number
  ended: boolean
  /** Done, until something new comes. */
  resting: boolean
  /** Whom it is about, if anybody. */
  person: string | undefined
  readonly moves: Map<string, Recorded>
  /** Resolves when everything it was told so far is done. */
  last: Promise<unknown>
}

/** The input that is an event. */
export const inputOf = (event: RecordedEvent): Input => ({
  kind: 'event',
  id: event.eventId,
  event,
  correlationId: event.metadata.correlationId,
  causationId: event.eventId,
})

/** The input that is the refusal of a step's command. */
const refusalOf = ({ id }: RecordedStep): string => `refusal:${id}`

const typeOf = (input: Input): string =>
  input.kind === 'event' ? input.event.type : input.step.type

/**
 * Runs of one saga. Each has a stream that is its inbox and its outbox: an input is recorded together with the move it
 * led to, in one append with those commands of the move that can be decided before; then the others are sent. The ids of
 * commands follow from where they stand in the stream.
 */
export const sagaInstances = (
  saga: AnySaga,
  deps: {
    readonly log: EventLog
    readonly executor: Pick<Executor, 'execute'> & Drafts
    readonly deciders: ReadonlyMap<string, AnyDecider>
    readonly catalogue: Catalogue
    readonly clock: () => Date
    /** Tells of everybody who is forgotten. */
    readonly onForgotten?: ((heard: (person: string) => void) => unknown) | undefined
  },
) => {
  const { log, executor, deciders, catalogue, clock } = deps
  const instances = new LRUCache<string, Instance>({ max: cachedInstances })
  const types = sagaEventTypes(saga)

  // What a run knows of somebody goes with them: it is read again when it is told something.
  deps.onForgotten?.((forgotten) => {
    for (const [key, { person }] of instances.entries())
      if (person === forgotten) instances.delete(key)
  })

  const instanceOf = (key: string): Instance => {
    const known = instances.get(key)
    if (known) return known
    const instance: Instance = {
      key,
      stream: `${saga.name}-${key}`,
      loaded: false,
      state: saga.initialState,
      revision: -1,
      ended: false,
      resting: false,
      person: undefined,
      moves: new Map(),
      last: Promise.resolve(),
    }
    instances.set(key, instance)
    return instance
  }

  const take = (
    instance: Instance,
    { input, state, steps, ended, resting, person }: SagaMoved,
    move: Recorded,
  ) => {
    instance.state = state
    instance.person = person
    instance.ended = ended || instance.ended
    instance.resting = resting === true
    instance.revision += 1
    instance.moves.set(input.id, { ...move, steps, reason: input.reason })
  }

  /** Reads the run's stream from the start. */
  const load = async (instance: Instance): Promise<void> => {
    Object.assign(instance, {
      state: saga.initialState,
      revision: -1,
      ended: false,
      resting: false,
      person: undefined,
    })
    instance.moves.clear()
    for (;;) {
      const events = await log.read(instance.stream, { from: instance.revision + 1, limit: 500 })
      for (const event of events) {
        const { type, stream, eventId, data, at, metadata } = event
        const newer = catalogue.unreadable(event)
        if (newer !== undefined) throw new NewerVersion({ type, stream }, newer)
        take(instance, data as SagaMoved, {
          eventId,
          correlationId: metadata.correlationId,
          at: Date.parse(at),
          steps: [],
        })
      }
      if (events.length < 500) break
    }
    instance.loaded = true
  }

  const react = ({ state }: Instance, input: Input): Move<unknown> => {
    if (input.kind === 'event') return saga.react(state as never, input.event)
    const { to, target: id, type, data } = input.step
    if (input.kind === 'refusal')
      return saga.compensate(state as never, type, { id, reason: input.reason, data })
    const step: Step = { to, id, command: { type, data }, wait: 0 }
    return { state, steps: [step], ended: false }
  }

  /** Whom a run is about: whomever the first event was about. */
  const personOf = ({ person }: Instance, input: Input): { readonly person?: string } => {
    const told =
      person ??
      (input.kind === 'event'
        ? catalogue.personal(input.event.type, input.event.id, input.event.data)?.person
        : undefined)
    return told === undefined ? {} : { person: told }
  }

  const eventTypeOf = (
    instance: Instance,
    input: Input,
    { ended, resting }: Move<unknown>,
  ): string => {
    if (instance.revision < 0) return types.started
    if (ended || resting) return types.completed
    return input.kind === 'refusal' ? types.compensated : types.stepCompleted
  }

  const movedBy = (
    instance: Instance,
    input: Input,
    { state, steps, ended, resting }: Move<unknown>,
  ): SagaMoved => ({
    input: {
      kind: input.kind,
      type: typeOf(input),
      id: input.id,
      ...(input.kind === 'refusal' && { reason: input.reason }),
    },
    state,
    steps: steps.map(({ to, id, command: { type, data }, wait }, index) => ({
      id: derivedUuid(instance.stream, String(instance.revision + 1), String(index)),
      to,
      target: id,
      type,
      data,
      wait,
    })),
    ended: ended || instance.ended,
    ...(resting && { resting }),
    ...personOf(instance, input),
  })

  const originOf = ({ id }: RecordedStep, { eventId, correlationId }: Recorded): Origin => ({
    commandId: id,
    actorId: saga.name,
    correlationId,
    causationId: eventId,
  })

  /**
   * Drafts those commands of a move that can be recorded with it, by the ids of their steps. A stream's commands are
   * sent in their order, so that only the first to each can be one.
   */
  const draftsOf = (move: Recorded): ReadonlyMap<string, Draft> => {
    const drafts = new Map<string, Draft>()
    const streams = new Set<string>()
    for (const step of move.steps) {
      const decider = deciders.get(step.to)
      if (step.wait > 0 || !decider || !Object.hasOwn(decider.commands, step.type)) continue
      const stream = streamOf(decider, step.target)
      if (streams.has(stream)) continue
      streams.add(stream)
      const command = { type: step.type, data: step.data } as never
      const draft = executor.draft(decider, step.target, command, originOf(step, move))
      if (draft) drafts.set(step.id, draft)
    }
    return drafts
  }

  /** The move that an input leads to, recorded now or before; none, when it changes nothing. */
  const moveFor = async (instance: Instance, input: Input): Promise<Moved | undefined> => {
    for (let attempt = 1; ; attempt++) {
      const known = instance.moves.get(input.id)
      if (known) return { move: known, sent: new Set() }
      const deaf =
        (instance.ended && input.kind !== 'refusal') || (instance.resting && input.kind === 'timer')
      const move = deaf ? undefined : react(instance, input)
      const idle =
        !move ||
        (move.state === instance.state &&
          move.steps.length === 0 &&
          !move.ended &&
          (!move.resting || instance.resting))
      if (idle) {
        if (instance.loaded) return undefined
        await load(instance)
        continue
      }
      const type = eventTypeOf(instance, input, move)
      const data = movedBy(instance, input, move)
      const eventId = derivedUuid(instance.stream, input.id)
      const { correlationId, causationId } = input
      const recorded = { eventId, correlationId, at: clock().getTime(), steps: data.steps }
      const event: NewEvent = {
        eventId,
        type,
        data,
        metadata: {
          correlationId,
          causationId,
          commandId: eventId,
          actorId: saga.name,
          schemaVersion: catalogue.versionOf(type),
        },
      }
      const { stream, revision } = instance
      const append = {
        stream,
        expected: revision < 0 ? 'none' : revision,
        events: [event],
      } as const
      try {
        const sent = await recordMove(log, append, () => draftsOf(recorded))
        take(instance, data, recorded)
        return { move: recorded, sent }
      } catch (error) {
        if (!(error instanceof Conflict || error instanceof Unavailable) || attempt === attempts)
          throw error
        await load(instance)
      }
    }
  }

  /** Sends one command, unless its refusal is recorded. @returns the reason, when it was refused now or before */
  const send = async (
    instance: Instance,
    step: RecordedStep,
    move: Recorded,
  ): Promise<string | undefined> => {
    // Final: the command might be taken now, beside its compensation.
    const recorded = instance.moves.get(refusalOf(step))?.reason
    if (recorded !== undefined) return recorded
    const decider = deciders.get(step.to)
    if (!decider || !Object.hasOwn(decider.commands, step.type))
      throw new NewerVersion(
        { type: commandOf(step.to, step.type), stream: instance.stream },
        `${saga.name} sends ${step.type} to ${step.to}, which is unknown to this version of Agora`,
      )
    const answer = await executor.execute(
      decider,
      step.target,
      { type: step.type, data: step.data } as never,
      originOf(step, move),
    )
    return isRefusal(answer) ? answer.refused : undefined
  }

  const timersOf = ({ key }: Instance, { steps, correlationId, at }: Recorded): readonly Timer[] =>
    steps
      .filter(({ wait }) => wait > 0)
      .map((step) => ({ saga: saga.name, key, step, correlationId, dueAt: at + step.wait }))

  /** @returns the timers of the move that the input led to, and of those that refusals led to */
  const driveNow = async (instance: Instance, input: Input): Promise<readonly Timer[]> => {
    const moved = await moveFor(instance, input)
    if (!moved) return []
    const { move, sent } = moved
    const { steps, correlationId } = move
    const commands = steps.filter(({ id, wait }) => wait === 0 && !sent.has(id))
    const reasons = await Promise.all(commands.map((step) => send(instance, step, move)))
    const timers = [...timersOf(instance, move)]
    for (const [index, reason] of reasons.entries()) {
      const step = commands[index]!
      if (reason === undefined) continue
      const refusal: Input = {
        kind: 'refusal',
        id: refusalOf(step),
        step,
        reason,
        correlationId,
        causationId: move.eventId,
      }
      timers.push(...(await driveNow(instance, refusal)))
    }
    return timers
  }

  /** Does something with a run after everything that was asked of it before. */
  const inTurn = <T>(instance: Instance, work: () => Promise<T>): Promise<T> => {
    const done = instance.last.then(work)
    instance.last = done.catch(() => {
      // Whatever went wrong: the stream knows what was recorded.
      instance.loaded = false
      instance.revision = -1
      instance.moves.clear()
      Object.assign(instance, {
        state: saga.initialState,
        ended: false,
        resting: false,
        person: undefined,
      })
    })
    return done
  }

  return {
    /**
     * Makes every cached run read its stream before it passes an input over. Called when this process takes the saga's
     * lease: another one may have moved its runs on.
     */
    readAgain: (): void => {
      for (const instance of instances.values()) instance.loaded = false
    },

    /**
     * Tells a run something, after everything it was told before, and resolves when all that follows from it is sent.
     * Telling it again does no harm: that is how a run is taken up after a crash.
     * @returns the timers that follow from it, the same each time: they are to be added before the input is passed over
     */
    drive: (key: string, input: Input): Promise<readonly Timer[]> => {
      const instance = instanceOf(key)
      return inTurn(instance, async () => {
        // Another process may have recorded since what came of it.
        if (instance.moves.has(input.id)) await load(instance)
        return driveNow(instance, input)
      })
    },

    /**
     * Tells a run that a timer is due, unless the run has ended or rests.
     * @param mayFire asked when the timer would have an effect
     * @returns the timers that follow from it; nothing when it may not fire yet, then nothing was done
     */
    fire: (
      key: string,
      input: Input,
      mayFire: () => Promise<boolean>,
    ): Promise<readonly Timer[] | undefined> => {
      const instance = instanceOf(key)
      return inTurn(instance, async () => {
        const isKnown = () => instance.moves.has(input.id)
        // An end is final, whatever else is in the stream.
        if (instance.ended && !isKnown()) return []
        if (!instance.loaded || isKnown()) await load(instance)
        if (!isKnown()) {
          if (instance.ended || instance.resting) return []
          if (!(await mayFire())) return undefined
        }
        return driveNow(instance, input)
      })
    },
  }
}
