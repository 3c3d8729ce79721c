import {
  type AnySaga,
  type Catalogue,
  type RecordedEvent,
  type RecordedStep,
  type Refusal,
  type SagaMoved,
} from '#kernel'
import type { EventLog } from '../../platform/storage/event-log/port.ts'
import type { Scratch } from '../../platform/storage/scratch/port.ts'
import { inputOf, refusalOf, type Input } from '../saga-input.ts'
import { sagaMoves } from '../saga-moves.ts'
import { standAfter } from '../saga-runs.ts'
import type { Before } from './answers.ts'
import { matchSteps, type MatchedStep } from './match-steps.ts'
import { mostDelay } from './reproduce.ts'
import type { PolicyTally } from './tally.ts'
import { triedRuns, type TriedRun } from './tried-runs.ts'
import type { triedStreams } from './tried-streams.ts'
import { timerInput, triedTimers, type TriedTimer } from './tried-timers.ts'
import type { WorkQueue } from './work-queue.ts'

/** The place in the log that a trial has reached. */
export type Place = {
  /** Position up to which the recorded events have been taken. */
  reached: bigint
  /** Time there, ISO 8601. */
  now: string
}

/** The run that sends a command. */
export type Sender = { readonly saga: string; readonly key: string }

/** A command of a run that waits for the place at which it was recorded. */
export type Waiting = Sender & {
  readonly step: RecordedStep
  readonly correlationId: string
  readonly isSame: boolean
}

/** Dependencies of `drivingRuns`. */
type Deps = {
  readonly log: Pick<EventLog, 'read'>
  /** All sagas by name, and those that are tried in place of an installed one. */
  readonly sagas: ReadonlyMap<string, AnySaga>
  readonly changedSagas: ReadonlyMap<string, AnySaga>
  readonly streams: Pick<ReturnType<typeof triedStreams>, 'mayDiffer'>
  readonly catalogue: Catalogue
  readonly scratch: Scratch
  readonly tally: PolicyTally
  /** Last position of the range. */
  readonly last: bigint
  readonly place: Place
  readonly work: WorkQueue
  readonly onProblem: (sentence: string, error: unknown) => void
  /** Sends a command of a run. */
  readonly send: (waiting: Waiting, before: Before) => Promise<void>
}

/** Returns the input that a timer is. */
export const timerOf = (step: RecordedStep, correlationId: string): Input => ({
  kind: 'timer',
  id: timerInput(step.id),
  step,
  correlationId,
  causationId: step.id,
})

/**
 * Runs the sagas again that a difference has reached: hands them events, refusals and timers, and has their commands sent,
 * each where its outcome was recorded.
 */
export const drivingRuns = ({
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
  onProblem,
  send,
}: Deps) => {
  const moves = new Map([...sagas].map(([name, saga]) => [name, sagaMoves(saga, catalogue)]))
  const readers = new Map<string, AnySaga[]>()
  for (const saga of sagas.values())
    for (const type of saga.reads) readers.set(type, [...(readers.get(type) ?? []), saga])

  const timers = triedTimers(scratch)
  const runs = triedRuns({
    log,
    scratch,
    last,
    onRun: tally.run,
    onTimer: (run, step, at) => setTimer(run, { step, isSame: true }, at),
  })

  /** Hands events to the runs that they concern. @param isRecorded whether they are as they were recorded */
  const deliver = async (some: readonly RecordedEvent[], isRecorded: boolean): Promise<void> => {
    for (const event of some) {
      for (const saga of readers.get(event.type) ?? []) {
        const key = keyIn(saga, event)
        if (key === undefined) continue
        const isConcerned =
          !isRecorded || changedSagas.has(saga.name) || runs.find(saga.name, key) !== undefined
        if (!isConcerned) continue
        const run = await runs.open(saga, key, place.reached)
        work.add(() => receive(run, event))
      }
    }
  }

  const keyIn = (saga: AnySaga, event: RecordedEvent): string | undefined => {
    try {
      return saga.keyOf(event)
    } catch (error) {
      onProblem(`${saga.name} has no run for ${event.type} at position ${event.position}`, error)
      return undefined
    }
  }

  /** Queues an event for a run, and takes those whose moves were not recorded, or whose moves were reached. */
  const receive = async (run: TriedRun, event: RecordedEvent): Promise<void> => {
    run.queue.push(event)
    for (let next = run.queue[0]; next && !run.waits.includes(next.eventId); next = run.queue[0]) {
      run.queue.shift()
      await drive(run, inputOf(next), place.now)
    }
  }

  /** Sets a timer. One that was recorded for the same time fires when that did. */
  const setTimer = (
    run: TriedRun,
    { step, isSame }: Pick<MatchedStep, 'step' | 'isSame'>,
    at: string,
  ): void => {
    const timer: TriedTimer = { saga: run.saga, key: run.key, step }
    if (isSame && run.waits.includes(timerInput(step.id))) timers.setAwaited(timer, step.id)
    else timers.set(timer, step.id, { at, wait: step.wait })
  }

  /**
   * Sends those commands of a run whose place in the log has not come: they had no outcome there. A run takes no further input
   * before all its commands are answered, so its next recorded move is behind those places; without one, a minute is waited.
   */
  const sendRest = async (run: TriedRun): Promise<void> => {
    const left = run.sends
    run.sends = []
    for (const id of left) {
      const waiting = scratch.get('send', id) as Waiting | undefined
      if (!waiting) continue
      if (run.waits.includes(refusalOf(waiting.step))) {
        run.sends.push(id)
        continue
      }
      const stream = `${waiting.step.to}-${waiting.step.target}`
      // Its outcome is the recorded one, whenever that comes.
      if (waiting.isSame && !streams.mayDiffer(stream)) continue
      scratch.delete('send', id)
      await send(waiting, 'silent')
    }
  }

  /** Has a run take an input. @param recorded steps of the recorded move of this input, if there is one */
  const drive = async (
    run: TriedRun,
    input: Input,
    at: string,
    recorded?: readonly RecordedStep[],
  ): Promise<void> => {
    if (recorded) await sendRest(run)
    let moved: SagaMoved | undefined
    try {
      moved = moves.get(run.saga)!.moveOf(run.stand, input)?.moved
    } catch (error) {
      onProblem(
        `${catalogue.streamTold(run.stand.stream)} fails on ${input.kind === 'event' ? input.event.type : input.step.type}`,
        error,
      )
    }
    if (moved) run.stand = standAfter(run.stand, moved)
    const { steps, notSent } = matchSteps(moved?.steps ?? [], recorded ?? [])
    const sent = steps.flatMap(({ step, recorded: counterpart }) => (counterpart ? [] : [step]))
    countSteps(run, { notSent, sent })
    for (const { step, recorded: counterpart, isSame } of steps) {
      const { saga, key } = run
      const waiting: Waiting = { saga, key, step, isSame, correlationId: input.correlationId }
      if (step.wait > 0) setTimer(run, { step, isSame }, at)
      else if (!counterpart) work.add(() => send(waiting, 'notSent'))
      else {
        if (run.sends.length === 0) timers.set({ saga, key }, step.id, { at, wait: mostDelay })
        scratch.set('send', step.id, waiting)
        run.sends.push(step.id)
      }
    }
  }

  const countSteps = (
    run: TriedRun,
    steps: { readonly notSent: readonly RecordedStep[]; readonly sent: readonly RecordedStep[] },
  ): void => {
    if (steps.notSent.length === 0 && steps.sent.length === 0) return
    tally.runDiffers(run.saga, !run.differs, steps)
    run.differs = true
  }

  /** Has a run take the refusal of a command. @param steps of the recorded move of this refusal */
  const refuse = async (
    { saga: name, key, step, correlationId }: Waiting,
    { refused }: Refusal,
    steps: readonly RecordedStep[] | undefined,
  ): Promise<void> => {
    const saga = sagas.get(name)
    if (!saga) return
    const input: Input = {
      kind: 'refusal',
      id: refusalOf(step),
      step,
      reason: refused,
      correlationId,
      causationId: step.id,
    }
    await drive(await runs.open(saga, key, place.reached), input, place.now, steps)
  }

  /** Fires the timers that are due, and that did not fire in the log. */
  const fireDue = async (at: string): Promise<void> => {
    for (let next = timers.nextDue(at); next; next = timers.nextDue(at)) {
      const { saga, key, step, due } = next
      const run = runs.find(saga, key)
      if (!run) continue
      place.now = due
      if (step) await drive(run, timerOf(step, step.id), place.now)
      else await sendRest(run)
      await work.finish()
    }
  }

  return {
    runs,
    timers,
    /** Whether a saga reads events of a type. */
    reads: (type: string): boolean => readers.has(type),
    deliver,
    keyIn,
    sendRest,
    drive,
    countSteps,
    refuse,
    fireDue,
  }
}
