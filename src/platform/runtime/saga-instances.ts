import {
  derivedUuid,
  isRefusal,
  sagaEventTypes,
  streamOf,
  type AnyDecider,
  type AnySaga,
  type Catalogue,
  type Move,
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
import { refusalOf, typeOf, type Input, type Timer } from './saga-input.ts'
import { sagaRuns, type Instance, type Recorded } from './saga-runs.ts'

/** How often a move is tried when others write to the saga's stream as well. */
const attempts = 5

/** A recorded move, and which of its steps were recorded with it. */
type Moved = { readonly move: Recorded; readonly sent: ReadonlySet<string> }

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
  const { instanceOf, take, load, reset, readAgain } = sagaRuns(saga, deps)
  const types = sagaEventTypes(saga)

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
    // Whatever went wrong: the stream knows what was recorded.
    instance.last = done.catch(() => reset(instance))
    return done
  }

  return {
    /**
     * Makes every cached run read its stream before it passes an input over. Called when this process takes the saga's
     * lease: another one may have moved its runs on.
     */
    readAgain,

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
