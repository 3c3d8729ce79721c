import { Check } from 'typebox/value'
import { SagaMoved, type AnySaga, type RecordedEvent, type RecordedStep } from '#kernel'
import type { EventLog } from '../../platform/storage/event-log/port.ts'
import type { Scratch } from '../../platform/storage/scratch/port.ts'
import { standAfter, type Stand } from '../saga-runs.ts'
import { timerInput } from './tried-timers.ts'

/** A run of a saga that is run again. */
export type TriedRun = {
  readonly saga: string
  readonly key: string
  /** Its state, and where its stream is. */
  stand: Stand
  /** Inputs whose recorded moves are still to come: they are taken when these are reached, in the order of that time. */
  waits: string[]
  /** Events that wait for that. */
  queue: RecordedEvent[]
  /** Ids of commands that wait for the place at which they were recorded. */
  sends: string[]
  /** Whether it has sent other commands than it was recorded to send. */
  differs: boolean
}

const space = 'run'

type Stored = Omit<TriedRun, 'queue'> & {
  readonly queue: readonly (Omit<RecordedEvent, 'position'> & { readonly position: string })[]
}

const stored = (run: TriedRun): Stored => ({
  ...run,
  queue: run.queue.map((event) => ({ ...event, position: String(event.position) })),
})

const restored = (run: Stored): TriedRun => ({
  ...run,
  queue: run.queue.map((event) => ({ ...event, position: BigInt(event.position) })),
})

const nameOf = (saga: string, key: string): string => `${saga}-${key}`

/** Number of events in a page of a stream. */
const pageSize = 500

/** Returns a recorded move; undefined for an event that is none. */
export const moveIn = ({ data }: Pick<RecordedEvent, 'data'>): SagaMoved | undefined =>
  Check(SagaMoved, data) ? data : undefined

/** Dependencies of `triedRuns`. */
type Deps = {
  readonly log: Pick<EventLog, 'read'>
  readonly scratch: Scratch
  /** Last position of the range. */
  readonly last: bigint
  /** Called with each run, once. */
  readonly onRun: (saga: string) => void
  /** Called with each timer that a run has set in the past, and that was not due yet. @param at when, ISO 8601 */
  readonly onTimer: (run: TriedRun, step: RecordedStep, at: string) => void
}

/** The runs of sagas that are run again. What is opened stays in memory until it is saved. */
export const triedRuns = ({ log, scratch, last, onRun, onTimer }: Deps) => {
  const opened = new Map<string, TriedRun>()

  const find = (saga: string, key: string): TriedRun | undefined => {
    const name = nameOf(saga, key)
    const known = opened.get(name)
    if (known) return known
    const found = scratch.get(space, name)
    if (found === undefined) return undefined
    const run = restored(found as Stored)
    opened.set(name, run)
    return run
  }

  const load = async (
    { name, initialState }: Pick<AnySaga, 'name' | 'initialState'>,
    key: string,
    upTo: bigint,
  ): Promise<TriedRun> => {
    const stream = nameOf(name, key)
    const run: TriedRun = {
      saga: name,
      key,
      stand: {
        key,
        stream,
        state: initialState,
        revision: -1,
        ended: false,
        resting: false,
        person: undefined,
      },
      waits: [],
      queue: [],
      sends: [],
      differs: false,
    }
    const timers: (readonly [step: RecordedStep, at: string])[] = []
    const past = new Set<string>()
    for (let from = 0; ; from += pageSize) {
      const page = await log.read(stream, { from, limit: pageSize })
      for (const event of page) {
        const moved = moveIn(event)
        if (!moved || event.position > last) continue
        if (event.position > upTo) run.waits.push(moved.input.id)
        else {
          run.stand = standAfter(run.stand, moved)
          past.add(moved.input.id)
          for (const step of moved.steps) if (step.wait > 0) timers.push([step, event.at])
        }
      }
      if (page.length < pageSize) break
    }
    for (const [step, at] of timers) if (!past.has(timerInput(step.id))) onTimer(run, step, at)
    return run
  }

  return {
    /** Returns a run that is run again; undefined for any other. */
    find,
    /** Returns a run that is run again from now on. @param upTo position up to which it is as it was recorded */
    open: async (
      saga: Pick<AnySaga, 'name' | 'initialState'>,
      key: string,
      upTo: bigint,
    ): Promise<TriedRun> => {
      const known = find(saga.name, key)
      if (known) return known
      const run = await load(saga, key, upTo)
      opened.set(nameOf(saga.name, key), run)
      onRun(saga.name)
      return run
    },
    /** Writes what was opened, and drops it from memory. */
    save: (): void => {
      for (const [name, run] of opened) scratch.set(space, name, stored(run))
      opened.clear()
    },
    /** All runs that are run again. Call `save` before. */
    all: function* (): Generator<TriedRun> {
      for (const [, run] of scratch.entries(space)) yield restored(run as Stored)
    },
  }
}
