import type { EventEmitter } from 'node:events'

/** Signals that request a stop. */
const names = ['SIGINT', 'SIGTERM'] as const
export type StopSignal = (typeof names)[number]

/**
 * Time after the first signal, in ms, within which further ones are ignored as the same request: a terminal sends Ctrl-C
 * to every process of its foreground group, and npm and the launcher forward it in addition.
 */
const sameRequestMs = 1_000

/**
 * Handles stop signals until the process ends. Handlers are never removed: without one, the next signal would kill the
 * process.
 * @param stop called once, with the first signal
 * @param stopNow called with every signal that arrives more than a second after the first
 * @param options.source emits the signals, the process by default
 * @param options.clock a monotonic clock, in ms
 */
export const onStopSignals = (
  stop: (signal: StopSignal) => void,
  stopNow: (signal: StopSignal) => void,
  {
    source = process,
    clock = () => performance.now(),
  }: { readonly source?: Pick<EventEmitter, 'on'>; readonly clock?: () => number } = {},
): void => {
  let first: number | undefined
  const handle = (signal: StopSignal): void => {
    if (first === undefined) {
      first = clock()
      stop(signal)
    } else if (clock() - first > sameRequestMs) stopNow(signal)
  }
  for (const name of names) source.on(name, () => handle(name))
}
