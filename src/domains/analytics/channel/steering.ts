import type { replay } from '../language.ts'
import type { EventOf } from '#kernel'
import { followFeed } from '../../../runtime/follow-feed.ts'
import type { ChannelPorts } from '../../../serving/channel.ts'

/** State of a replay for its players. */
export type Going = 'playing' | 'paused' | 'stopped'

type SteeringEvent = EventOf<typeof replay>['type']

/** State after each event of a replay. */
const meanings: Partial<Record<SteeringEvent, Going>> = {
  ReplayPaused: 'paused',
  ReplayResumed: 'playing',
  ReplayStopped: 'stopped',
}

const goingBy = (type: string): Going | undefined =>
  Object.entries(meanings).find(([name]) => name === type)?.[1]

/** One who plays a replay, as those who steer it see them. */
export type Gate = {
  readonly going: () => Going
  /** Sets a state that was read elsewhere; older revisions are ignored. */
  readonly learn: (going: Going, revision: number) => void
  /** Calls a listener at every change. @returns function that unsubscribes */
  readonly listen: (changed: () => void) => () => void
}

/** Returns a gate in the state `playing`. */
const openGate = (): Gate => {
  let going: Going = 'playing'
  let known = -1
  const listeners = new Set<() => void>()
  return {
    going: () => going,
    learn: (next, revision) => {
      if (revision <= known) return
      known = revision
      if (next === going) return
      going = next
      for (const changed of listeners) changed()
    },
    listen: (changed) => {
      listeners.add(changed)
      return () => void listeners.delete(changed)
    },
  }
}

/**
 * Notifies the players in this process when a replay is paused, resumed or stopped by any process: it follows the events
 * of the replays.
 * @param signal ends it
 */
export const steering = (
  { feed, logger }: Pick<ChannelPorts, 'feed' | 'logger'>,
  signal: AbortSignal,
) => {
  const gates = new Map<string, Set<Gate>>()
  const over = followFeed(feed, feed.head(), {
    types: Object.keys(meanings),
    signal,
    take: ({ events }) => {
      for (const { type, stream, id, revision } of events) {
        const going = stream === `replay-${id}` ? goingBy(type) : undefined
        if (going) for (const gate of gates.get(id) ?? []) gate.learn(going, revision)
      }
    },
    onError: (error) =>
      logger.warn({ err: error }, 'Following the events of replays failed and is retried'),
  })

  return {
    /** Returns a gate for one player of a replay, which follows all later events; the player calls `leave` at the end. */
    join: (replayId: string): { readonly gate: Gate; readonly leave: () => void } => {
      const gate = openGate()
      const others = gates.get(replayId) ?? new Set()
      gates.set(replayId, others.add(gate))
      return {
        gate,
        leave: () => {
          others.delete(gate)
          if (others.size === 0 && gates.get(replayId) === others) gates.delete(replayId)
        },
      }
    },
    /** Resolves when the signal has ended it. */
    over,
  }
}

/** Notifies the players of replays. */
export type Steering = ReturnType<typeof steering>
