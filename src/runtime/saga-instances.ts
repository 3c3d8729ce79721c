import {
  derivedUuid,
  isRefusal,
  streamOf,
  type AnyDecider,
  type AnySaga,
  type Catalogue,
  type RecordedStep,
} from '#kernel'
import { Conflict, type EventLog, type NewEvent } from '../platform/storage/event-log/port.ts'
import { commandOf } from '../platform/storage/event-readers/port.ts'
import { NewerVersion } from '../platform/newer-version.ts'
import { Unavailable } from '../platform/unavailable.ts'
import type { Draft, Drafts } from './drafts.ts'
import type { Executor, Origin } from './execution.ts'
import { recordMove } from './record-move.ts'
import { followingOf, runAhead, type Drafted, type Link, type Planned } from './run-ahead.ts'
import { refusalOf, type Input, type Timer } from './saga-input.ts'
import { sagaMoves } from './saga-moves.ts'
import { sagaRuns, type Instance, type Recorded, type Stand } from './saga-runs.ts'

/** Attempts at a move while other processes write to the run's stream. */
const attempts = 5

/** A recorded move, and the ids of the steps whose commands were recorded with it. */
type Moved = {
  readonly inputId: string
  readonly move: Recorded
  readonly sent: ReadonlySet<string>
}

const none: ReadonlySet<string> = new Set()

/** Returns the position up to which a run has received every event that the log has for it; undefined if unknown. */
export type ReceivedUpTo = () => bigint | undefined

const unknown: ReceivedUpTo = () => undefined

/**
 * Runs of one saga. Each has a stream that is its inbox and its outbox: an input is recorded together with the move it
 * led to, in one append with those commands of the move that can be decided before, and with the moves that these lead to;
 * then the others are sent. The ids of commands are derived from the stream, the revision and the index of the step.
 */
export const sagaInstances = (
  saga: AnySaga,
  deps: {
    readonly log: EventLog
    readonly executor: Pick<Executor, 'execute'> & Drafts
    readonly deciders: ReadonlyMap<string, AnyDecider>
    readonly catalogue: Catalogue
    readonly clock: () => Date
    /** Registers a listener for every person who is forgotten. */
    readonly onForgotten?: ((listener: (person: string) => void) => unknown) | undefined
  },
) => {
  const { log, executor, deciders, catalogue, clock } = deps
  const { instanceOf, take, hasRecorded, load, reset, readAgain } = sagaRuns(saga, deps)
  const { moveOf } = sagaMoves(saga, catalogue)

  const originOf = ({ id }: RecordedStep, { eventId, correlationId }: Recorded): Origin => ({
    commandId: id,
    actorId: saga.name,
    correlationId,
    causationId: eventId,
  })

  /**
   * Drafts one command. The commands to a stream are sent in their order: after one without a draft the next get none.
   * @param receivedStreams streams of which the run has received events: they exist
   * @param latest the last draft of each stream
   * @param undrafted the streams of this move's commands without a draft
   */
  const draftStep = (
    step: RecordedStep,
    move: Recorded,
    receivedStreams: ReadonlySet<string>,
    latest: Map<string, Draft>,
    undrafted: Set<string>,
  ): Draft | undefined => {
    const decider = deciders.get(step.to)
    if (!decider || !Object.hasOwn(decider.commands, step.type)) return undefined
    const stream = streamOf(decider, step.target)
    if (undrafted.has(stream)) return undefined
    const command = { type: step.type, data: step.data } as never
    const before = latest.get(stream)
    const draft = before
      ? before.next(command, originOf(step, move))
      : executor.draft(decider, step.target, command, originOf(step, move), {
          exists: receivedStreams.has(stream),
        })
    if (draft) latest.set(stream, draft)
    else undrafted.add(stream)
    return draft
  }

  /** Drafts those commands of a move that can be recorded with it, by the ids of their steps. */
  const draftsOf = (
    { receivedStreams }: Instance,
    move: Recorded,
    latest: Map<string, Draft>,
  ): Drafted => {
    const drafts = new Map<string, Draft>()
    const undrafted = new Set<string>()
    const due = move.steps.filter(({ wait }) => wait === 0)
    for (const step of due) {
      const draft = draftStep(step, move, receivedStreams, latest, undrafted)
      if (draft) drafts.set(step.id, draft)
    }
    return { drafts, isWhole: drafts.size === due.length }
  }

  /** Returns the move of an input, not recorded yet; undefined when the input changes nothing. */
  const plan = (stand: Stand, input: Input): Planned | undefined => {
    const decided = moveOf(stand, input)
    if (!decided) return undefined
    const { type, moved } = decided
    const { stream, revision } = stand
    const eventId = derivedUuid(stream, input.id)
    const { correlationId, causationId } = input
    const event: NewEvent = {
      eventId,
      type,
      data: moved,
      metadata: {
        correlationId,
        causationId,
        commandId: eventId,
        actorId: saga.name,
        schemaVersion: catalogue.versionOf(type),
      },
    }
    return {
      input,
      moved,
      move: { eventId, correlationId, at: clock().getTime(), steps: moved.steps },
      append: { stream, expected: revision < 0 ? 'none' : revision, events: [event] },
    }
  }

  /** Returns the moves of an input, recorded now or before; none when it changes nothing. */
  const movesFor = async (
    instance: Instance,
    input: Input,
    receivedUpTo: ReceivedUpTo,
  ): Promise<readonly Moved[]> => {
    for (let attempt = 1; ; attempt++) {
      const known = instance.moves.get(input.id)
      if (known) return [{ inputId: input.id, move: known, sent: none }]
      const first = plan(instance, input)
      if (!first) {
        if (instance.loaded) return []
        await load(instance)
        continue
      }
      let links: readonly Link[] = []
      try {
        const { isTogether, position } = await recordMove(log, first.append, () => {
          const upTo = receivedUpTo()
          links = runAhead(first, instance, {
            saga,
            // Events of earlier moves are received first.
            receivedUpTo: upTo !== undefined && upTo >= instance.ownUpTo ? upTo : undefined,
            plan,
            draft: (move, latest) => draftsOf(instance, move, latest),
          })
          return followingOf(links)
        })
        hasRecorded(instance, position)
        const recorded: readonly Planned[] = isTogether ? links : [first]
        for (const { moved, move } of recorded) take(instance, moved, move)
        return recorded.map(({ input: { id }, move }, nth) => ({
          inputId: id,
          move,
          sent: isTogether ? new Set(links[nth]!.drafts.keys()) : none,
        }))
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
    // Final: sent again, the command might be accepted now, although it has been compensated.
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
    if (isRefusal(answer)) return answer.refused
    hasRecorded(instance, answer.position)
    return undefined
  }

  const timersOf = ({ key }: Instance, { steps, correlationId, at }: Recorded): readonly Timer[] =>
    steps
      .filter(({ wait }) => wait > 0)
      .map((step) => ({ saga: saga.name, key, step, correlationId, dueAt: at + step.wait }))

  /** Sends the commands that were not recorded with a move. @returns its timers, and those of the moves of refusals */
  const finish = async (
    instance: Instance,
    { move, sent }: Moved,
    receivedUpTo: ReceivedUpTo,
  ): Promise<readonly Timer[]> => {
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
      timers.push(...(await driveNow(instance, refusal, receivedUpTo)))
    }
    return timers
  }

  /** @returns the timers of the input's moves, and of the moves of refusals */
  const driveNow = async (
    instance: Instance,
    input: Input,
    receivedUpTo: ReceivedUpTo,
  ): Promise<readonly Timer[]> => {
    const moves = await movesFor(instance, input, receivedUpTo)
    const timers: Timer[] = []
    for (const moved of moves) timers.push(...(await finish(instance, moved, receivedUpTo)))
    // Set only after all commands are sent: when sending fails, the inputs from the log send the rest.
    for (const { inputId } of moves.slice(1)) instance.ahead.add(inputId)
    return timers
  }

  /** Runs work on a run after all earlier work on it. */
  const inTurn = <T>(instance: Instance, work: () => Promise<T>): Promise<T> => {
    const done = instance.last.then(work)
    // After any failure the stream is read again: it has what was recorded.
    instance.last = done.catch(() => reset(instance))
    return done
  }

  return {
    /**
     * Makes every cached run read its stream before it skips an input. Called when this process acquires the saga's
     * lease: another process may have recorded moves.
     */
    readAgain,

    /**
     * Processes an input after all earlier inputs of the run, and resolves when all commands that follow are sent.
     * A repeated input is recorded once and its commands are sent again: that continues a run after a crash.
     * @param receivedUpTo called when it is the input's turn. When it returns a position, the run may process events of
     *   its own commands before the log delivers them; the delivered ones are skipped then
     * @returns the timers that follow: they are to be added before the input counts as processed
     */
    drive: (
      key: string,
      input: Input,
      receivedUpTo: ReceivedUpTo = unknown,
    ): Promise<readonly Timer[]> => {
      const instance = instanceOf(key)
      return inTurn(instance, async () => {
        if (input.kind === 'event') instance.receivedStreams.add(input.event.stream)
        if (instance.ahead.delete(input.id) && receivedUpTo() !== undefined) return []
        // Another process may have recorded later moves since.
        if (instance.moves.has(input.id)) await load(instance)
        return driveNow(instance, input, receivedUpTo)
      })
    },

    /**
     * Processes a timer that is due, unless the run has ended or rests.
     * @param mayFire called when the timer would have an effect
     * @returns the timers that follow; undefined when it may not fire yet, and nothing was changed
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
        return driveNow(instance, input, unknown)
      })
    },
  }
}
