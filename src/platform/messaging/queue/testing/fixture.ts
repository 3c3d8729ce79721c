import { expect } from 'vitest'
import type { Attempt, Job, Queue } from '../port.ts'

/** A store of jobs, to be opened by several processes. */
export type QueueFixture = AsyncDisposable & {
  /**
   * The queue, as one more process would open it.
   * @param options.lease ms
   */
  readonly open: (options?: { readonly lease?: number }) => Promise<Queue>
  /** Where the store outlives the process. */
  readonly remote?: {
    /** Cuts every process off from the store. */
    readonly outage: {
      readonly begin: () => Promise<void>
      readonly end: () => Promise<void>
    }
    /** Starts a process that takes a job and hangs. */
    readonly hang: (queue: string, lease: number) => Promise<{ readonly kill: () => Promise<void> }>
  }
}

/** What a test of the port is given: a store of its own, and a queue opened on it. */
export type Given = () => { readonly fixture: QueueFixture; readonly queue: Queue }

/** How long to wait for what must come to pass. */
export const eventually = { timeout: 120_000, interval: 10 }

/**
 * Repeats what a busy machine may spoil, with four times the time each round. What is broken fails in the last one, too.
 * @param ms what the first round is given
 * @param holds a round; whether it was as it should be
 */
export const givenTime = async (
  ms: number,
  holds: (ms: number) => Promise<boolean>,
): Promise<void> => {
  for (let round = 0; round < 4; round += 1) if (await holds(ms * 4 ** round)) return
  expect.fail('It was not as it should be in any round, however much time it was given')
}

/** A handler that does nothing but remember. */
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

/** So many jobs, each with its number for data. */
export const numbered = (count: number, prefix = 'job'): Job[] =>
  Array.from({ length: count }, (_, index) => ({ id: `${prefix}-${index}`, data: index }))
