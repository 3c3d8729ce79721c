import { setTimeout as pause } from 'node:timers/promises'
import { backOff } from '../platform/back-off.ts'
import type { Lease, Leases } from '../platform/messaging/leases/port.ts'
import { NewerVersion } from '../platform/newer-version.ts'

/** Pause before a lease that was left to a newer version is acquired again, in ms. */
export const handOverMs = 5_000

/** After so long under one lease, in ms, the next failure is paused for as briefly as the first. */
const steadyMs = 5_000

/** The lease under which work runs. */
export type Held = {
  /** Aborted when the lease is lost, or the work is to end. */
  readonly signal: AbortSignal
  readonly isHeld: Lease['isHeld']
  /** The time that acquiring the lease took, in ms: another process may have held it meanwhile. */
  readonly waitedMs: number
}

/**
 * Runs work in one process at a time: acquires the lease, releases it when the work ends, and begins again, after a pause
 * where it failed. Followers, projections and chores are retried here, and nowhere else.
 * @param options.isLeftToNewer whether after an error a newer version of Agora gets time to acquire the lease
 * @param options.onError called with every failure, also of acquiring the lease
 * @returns when the signal is aborted
 */
export const runUnderLease = async (
  name: string,
  signal: AbortSignal,
  work: (held: Held) => Promise<void>,
  {
    leases,
    isLeftToNewer = (error) => error instanceof NewerVersion,
    onError,
  }: {
    readonly leases: Pick<Leases, 'acquire'>
    readonly isLeftToNewer?: (error: unknown) => boolean
    readonly onError: (error: unknown) => void
  },
): Promise<void> => {
  const pauses = backOff({ first: 100 })
  while (!signal.aborted)
    try {
      const asked = performance.now()
      const lease = await leases.acquire(name, signal)
      const started = performance.now()
      try {
        await work({
          signal: AbortSignal.any([signal, lease.lost]),
          isHeld: lease.isHeld,
          waitedMs: started - asked,
        })
      } finally {
        await lease.release()
        if (performance.now() - started > steadyMs) pauses.reset()
      }
    } catch (error) {
      if (signal.aborted) return
      onError(error)
      if (isLeftToNewer(error))
        await pause(handOverMs, undefined, { signal }).catch(() => undefined)
      else await pauses.wait(signal)
    }
}
