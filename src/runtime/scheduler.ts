import { setTimeout as pause } from 'node:timers/promises'
import type { Leases } from '../platform/messaging/leases/port.ts'
import { runUnderLease } from './run-under-lease.ts'

/** Periodic work. */
export type Chore = {
  readonly name: string
  /** The pause before each run, in ms. */
  readonly every: number
  readonly run: () => Promise<void>
}

/**
 * Runs a chore periodically, in one process at a time. A failure is reported, and the chore runs again when it is next due.
 * @returns when the signal is aborted
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
