import type { RecordedEvent } from '#kernel'
import type { ReplaySpeed } from '../language.ts'
import { backOff } from '../../../platform/back-off.ts'
import { Unavailable } from '../../../platform/unavailable.ts'
import { playedPages, type Playable } from './played-pages.ts'
import type { Gate } from './steering.ts'
import type { ChannelPorts } from '../../../serving/channel.ts'

/** The longest silence of the log that is kept to, in ms of the listener's time. */
const longestWait = 5_000

/** Who has fallen behind makes up for it by so many ms at the most. */
const mostBehind = 1_000

/** Progress is told this often at the most, in ms. */
const progressEvery = 250

/** How far it has been played to one listener. */
export type Played = { readonly events: number; readonly position: bigint }

/** One who listens. */
export type Listener = {
  /** Resolves once more can be told. @throws when nobody listens any longer */
  readonly ready: () => Promise<void>
  readonly event: (event: RecordedEvent) => void
  readonly progress: (played: Played & { readonly paused: boolean }) => void
}

/** Waits for a time (for ever, without one), for a change at the gate, or for the signal. @param ms how long */
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
 * Plays a part of the log to one listener, from the start at their own pace, and waits out what the log is away.
 * @param playable what, and how fast: so many times as fast as it happened, though no silence is longer than 5 s; or
 *   as fast as it is taken
 * @param after goes on behind this position
 * @param deps.gate says whether to go on
 * @param deps.signal ends it
 * @returns how far it came, and whether that was the end; undefined position: nothing was played
 * @throws the signal's reason; what the log failed with for good
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
    /** Told of every failure it recovers from. */
    readonly onError: (error: unknown) => void
  },
): Promise<Played & { readonly outcome: 'completed' | 'stopped' }> => {
  let position = after
  let events = 0
  let toldAt = 0
  let before: number | undefined
  let due = performance.now()

  const tell = (paused: boolean): void => {
    toldAt = performance.now()
    listener.progress({ events, position, paused })
  }
  const tellNowAndThen = (): void => {
    if (performance.now() - toldAt >= progressEvery) tell(false)
  }

  /** Waits until an event is due. @returns false when it was stopped meanwhile */
  const isDue = async (at: string): Promise<boolean> => {
    if (speed !== 'max') {
      const time = Date.parse(at)
      // The clocks of writers differ: an event may be older than the one before it.
      const gap = before === undefined ? 0 : Math.max(0, time - before) / speed
      before = Math.max(before ?? time, time)
      due = Math.max(due + Math.min(gap, longestWait), performance.now() - mostBehind)
    }
    for (;;) {
      signal.throwIfAborted()
      if (gate.going() === 'stopped') return false
      const now = performance.now()
      if (gate.going() === 'paused') {
        tell(true)
        while (gate.going() === 'paused' && !signal.aborted) await rest(undefined, gate, signal)
        // What was left to wait is waited for afterwards.
        due += performance.now() - now
        if (gate.going() === 'playing' && !signal.aborted) tell(false)
      } else if (speed === 'max' || due <= now) return true
      else await rest(due - now, gate, signal)
    }
  }

  /** Plays on from where it is. @returns false when it was stopped meanwhile */
  const playOn = async (): Promise<boolean> => {
    for await (const page of playedPages(log, playable, position)) {
      for (const event of page.events) {
        await listener.ready()
        if (!(await isDue(event.at))) return false
        listener.event(event)
        events += 1
        ;({ position } = event)
        tellNowAndThen()
      }
      if (page.position > position) ({ position } = page)
      signal.throwIfAborted()
      tellNowAndThen()
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
