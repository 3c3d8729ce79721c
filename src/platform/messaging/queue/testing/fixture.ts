import { expect } from 'vitest'
import type { Attempt, Job, Queue } from '../port.ts'

/** A store of jobs, opened by several processes. */
export type QueueFixture = AsyncDisposable & {
  /**
   * Opens the queue of one more process.
   * @param options.lease ms
   */
  readonly open: (options?: { readonly lease?: number }) => Promise<Queue>
  /** Controls of a store that outlives the process. */
  readonly remote?: {
    /** Disconnects every process from the store. */
    readonly outage: {
      readonly begin: () => Promise<void>
      readonly end: () => Promise<void>
    }
    /** Starts a process that takes a job and hangs. */
    readonly hang: (queue: string, lease: number) => Promise<{ readonly kill: () => Promise<void> }>
  }
}

/** Returns the store of a test, and a queue opened on it. */
export type Given = () => { readonly fixture: QueueFixture; readonly queue: Queue }

/** Options of waits for a condition that must become true. */
export const eventually = { timeout: 120_000, interval: 10 }

/**
 * Repeats a timed test that a busy machine may fail, with four times the time in each round. A real fault fails all rounds.
 * @param ms time of the first round
 * @param holds runs a round; returns whether the expectation held
 */
export const givenTime = async (
  ms: number,
  holds: (ms: number) => Promise<boolean>,
): Promise<void> => {
  for (let round = 0; round < 4; round += 1) if (await holds(ms * 4 ** round)) return
  expect.fail('The expectation held in no round, whatever time it was given')
}

/** A handler that records its attempts. */
export const witness = () => {
  const seen: Attempt[] = []
  return {
    seen,
    ids: () => seen.map(({ id }) => id),
    handler: async (attempt: Attempt) => {
      seen.push(attempt)
    },
  }
}

/** `count` jobs, each with its number as data. */
export const numbered = (count: number, prefix = 'job'): Job[] =>
  Array.from({ length: count }, (_, index) => ({ id: `${prefix}-${index}`, data: index }))
