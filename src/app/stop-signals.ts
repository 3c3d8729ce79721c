import type { EventEmitter } from 'node:events'

/** The signals by which a process is asked to stop. */
const names = ['SIGINT', 'SIGTERM'] as const
export type StopSignal = (typeof names)[number]

/**
 * Within so many ms after the first signal, further ones are the same request: a terminal sends Ctrl-C to every process
 * of its foreground group, and npm and the launcher forward it besides.
 */
const sameRequest = 1_000

/**
 * Handles the signals that ask this process to stop, from now until it ends: a handler that was removed would leave the
 * next signal to the system, which kills.
 * @param stop called once, with the first signal
 * @param stopNow called with a signal that comes later than a second after the first: a person who does not want to wait
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
    } else if (clock() - first > sameRequest) stopNow(signal)
  }
  for (const name of names) source.on(name, () => handle(name))
}
