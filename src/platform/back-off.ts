import { setTimeout as pause } from 'node:timers/promises'

/** The pauses between retries, in ms: the first, doubled after each failure up to the longest. */
export type BackOff = {
  /** Returns the next pause in ms, for callers that have their own way of waiting. */
  readonly next: () => number
  /** Waits for the next pause, or until the signal is aborted; never rejects. */
  readonly wait: (signal?: AbortSignal) => Promise<void>
  /** Starts over with the first pause; called after a success. */
  readonly reset: () => void
}

/**
 * Back-off of a loop that retries: the one place where pauses grow.
 * @param options.first ms, default 50
 * @param options.most ms, default 2,000
 */
export const backOff = ({
  first = 50,
  most = 2_000,
}: { readonly first?: number; readonly most?: number } = {}): BackOff => {
  let ms = first
  const next = (): number => {
    const current = ms
    ms = Math.min(ms * 2, most)
    return current
  }
  return {
    next,
    wait: async (signal) => {
      await pause(next(), undefined, signal && { signal }).catch(() => undefined)
    },
    reset: () => void (ms = first),
  }
}
