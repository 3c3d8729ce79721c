import type { RecordedStep } from '#kernel'
import type { Scratch } from '../../platform/storage/scratch/port.ts'

/** A timer of a run; without a step, the time by which its commands have been answered. */
export type TriedTimer = {
  readonly saga: string
  readonly key: string
  readonly step?: RecordedStep
}

/** Returns the id of the input that a timer is. */
export const timerInput = (stepId: string): string => `timer:${stepId}`

/** Spaces of timers by the time at which they are due, and of those that fire where they were recorded to. */
const [byTime, awaited] = ['timer', 'awaited']

/** Key of a timer; keys are in the order in which timers are due. @param wait in ms */
const dueKey = (at: string, wait: number, id: string): string =>
  `${String(Date.parse(at) + wait).padStart(16, '0')}:${id}`

/** The timers of the runs that are run again. */
export const triedTimers = (scratch: Scratch) => ({
  /** Sets a timer. @param at the present, ISO 8601; `wait`: in ms */
  set: (timer: TriedTimer, id: string, { at, wait }: { at: string; wait: number }): void =>
    scratch.set(byTime, dueKey(at, wait, id), timer),
  /** Sets a timer that fires when `fire` is called with its id. */
  setAwaited: (timer: TriedTimer, id: string): void => scratch.set(awaited, id, timer),
  /** Takes an awaited timer; undefined if there is none. */
  fire: (id: string): TriedTimer | undefined => {
    const timer = scratch.get(awaited, id) as TriedTimer | undefined
    scratch.delete(awaited, id)
    return timer
  },
  /** Takes the next timer that is due by a time; undefined if there is none. @param at ISO 8601 */
  nextDue: (at: string): (TriedTimer & { readonly due: string }) | undefined => {
    const [key, value] = scratch.first(byTime) ?? []
    if (key === undefined) return undefined
    const due = Number(key.slice(0, key.indexOf(':')))
    if (due > Date.parse(at)) return undefined
    scratch.delete(byTime, key)
    return { ...(value as TriedTimer), due: new Date(due).toISOString() }
  },
})
