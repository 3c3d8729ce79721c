import { setTimeout as pause } from 'node:timers/promises'
import type { Leases } from '../platform/messaging/leases/port.ts'

/** What is to be done again and again, whatever happens. */
export type Chore = {
  readonly name: string
  /** How long to wait before each time, ms. */
  readonly every: number
  readonly run: () => Promise<void>
}

/** After it could not be found out whose turn it is, ms. */
const again = 1_000

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
): Promise<void> => {
  const waited = (ms: number, until: AbortSignal) =>
    pause(ms, undefined, { signal: until }).catch(() => undefined)
  while (!signal.aborted) {
    try {
      const lease = await leases.acquire(`chore:${name}`, signal)
      try {
        const until = AbortSignal.any([signal, lease.lost])
        for (;;) {
          await waited(every, until)
          if (until.aborted || !lease.isHeld()) break
          await run().catch(onError)
        }
      } finally {
        await lease.release()
      }
    } catch (error) {
      if (signal.aborted) return
      onError(error)
      await waited(again, signal)
    }
  }
}
