import type { RecordedEvent } from '#kernel'
import type { ReplaySpeed } from '../language.ts'
import { backOff } from '../../../platform/back-off.ts'
import { Unavailable } from '../../../platform/unavailable.ts'
import { playedPages, type Playable } from './played-pages.ts'
import type { Gate } from './steering.ts'
import type { ChannelPorts } from '../../../serving/channel.ts'

/** Longest wait between two events, in ms of the listener's time. */
const maxWait = 5_000

/** Greatest delay that a late listener catches up with, in ms. */
const maxDelay = 1_000

/** Least interval between two progress messages, in ms. */
const progressEvery = 250

/** How far it has been played to one listener. */
export type Played = { readonly events: number; readonly position: bigint }

/** Receiver of a replay. */
export type Listener = {
  /** Resolves once the receiver accepts more messages. @throws when the receiver has left */
  readonly ready: () => Promise<void>
  readonly event: (event: RecordedEvent) => void
  readonly progress: (played: Played & { readonly paused: boolean }) => void
}

/** Waits for a change of the gate, for the signal, or at most for `ms`. @param ms greatest wait; undefined: no limit */
const rest = (ms: number | undefined, gate: Gate, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      leave()
      resolve()
    }
    const timer = ms === undefined ? undefined : setTimeout(end, ms)
    const leave = gate.listen(end)
    signal.addEventListener('abort', end)
    if (signal.aborted) end()
  })

/**
 * Plays a part of the log to one listener at its own pace, and retries while the log is unavailable.
 * @param playable range and speed: a multiple of the original speed, with waits of at most 5 s; or as fast as the listener
 *   accepts events
 * @param after position to continue after
 * @param deps.gate whether the replay is playing, paused or stopped
 * @param deps.signal ends it
 * @returns number of events, last position, and outcome
 * @throws the signal's reason, or a permanent error of the log
 */
export const play = async (
  { speed, ...playable }: Playable & { readonly speed: ReplaySpeed },
  after: bigint,
  {
    log,
    gate,
    listener,
    signal,
    onError,
  }: {
    readonly log: ChannelPorts['log']
    readonly gate: Gate
    readonly listener: Listener
    readonly signal: AbortSignal
    /** Called with every failure that it recovers from. */
    readonly onError: (error: unknown) => void
  },
): Promise<Played & { readonly outcome: 'completed' | 'stopped' }> => {
  let position = after
  let events = 0
  let progressAt = 0
  let before: number | undefined
  let due = performance.now()

  const tell = (paused: boolean): void => {
    progressAt = performance.now()
    listener.progress({ events, position, paused })
  }
  const tellProgress = (): void => {
    if (performance.now() - progressAt >= progressEvery) tell(false)
  }

  /** Waits until an event is due. @returns false when the replay was stopped */
  const isDue = async (at: string): Promise<boolean> => {
    if (speed !== 'max') {
      const time = Date.parse(at)
      // The clocks of writers differ: an event may be older than its predecessor.
      const gap = before === undefined ? 0 : Math.max(0, time - before) / speed
      before = Math.max(before ?? time, time)
      due = Math.max(due + Math.min(gap, maxWait), performance.now() - maxDelay)
    }
    for (;;) {
      signal.throwIfAborted()
      if (gate.going() === 'stopped') return false
      const now = performance.now()
      if (gate.going() === 'paused') {
        tell(true)
        while (gate.going() === 'paused' && !signal.aborted) await rest(undefined, gate, signal)
        // The rest of the wait follows after the pause.
        due += performance.now() - now
        if (gate.going() === 'playing' && !signal.aborted) tell(false)
      } else if (speed === 'max' || due <= now) return true
      else await rest(due - now, gate, signal)
    }
  }

  /** Plays from the current position. @returns false when the replay was stopped */
  const playOn = async (): Promise<boolean> => {
    for await (const page of playedPages(log, playable, position)) {
      for (const event of page.events) {
        await listener.ready()
        if (!(await isDue(event.at))) return false
        listener.event(event)
        events += 1
        ;({ position } = event)
        tellProgress()
      }
      if (page.position > position) ({ position } = page)
      signal.throwIfAborted()
      tellProgress()
    }
    return gate.going() !== 'stopped'
  }

  // Not a follower: it reads pages at the listener's pace, up to an end.
  const pauses = backOff()
  for (;;) {
    const reached = position
    try {
      const completed = await playOn()
      return { events, position, outcome: completed ? 'completed' : 'stopped' }
    } catch (error) {
      if (signal.aborted || !(error instanceof Unavailable)) throw error
      onError(error)
      if (position > reached) pauses.reset()
      await pauses.wait(signal)
      signal.throwIfAborted()
    }
  }
}
