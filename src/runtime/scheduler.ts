import { setTimeout as pause } from 'node:timers/promises'
import type { Leases } from '../platform/messaging/leases/port.ts'
import { runUnderLease } from './run-under-lease.ts'

/** What is to be done again and again, whatever happens. */
export type Chore = {
  readonly name: string
  /** How long to wait before each time, ms. */
  readonly every: number
  readonly run: () => Promise<void>
}

/**
 * Does a chore now and then, in one process at a time. A time that fails is told of, and followed by the next one.
 * @returns when the signal says so
 */
export const schedule = async (
  { name, every, run }: Chore,
  signal: AbortSignal,
  {
    leases,
    onError,
  }: { readonly leases: Pick<Leases, 'acquire'>; readonly onError: (error: unknown) => void },
): Promise<void> =>
  runUnderLease(
    `chore:${name}`,
    signal,
    async (held) => {
      for (;;) {
        await pause(every, undefined, { signal: held.signal }).catch(() => undefined)
        if (held.signal.aborted || !held.isHeld()) return
        await run().catch(onError)
      }
    },
    { leases, onError },
  )
