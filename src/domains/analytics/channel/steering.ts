import type { replay } from '../language.ts'
import type { EventOf } from '#kernel'
import { followFeed } from '../../../runtime/follow-feed.ts'
import type { ChannelPorts } from '../../../serving/channel.ts'

/** Whether those who play a replay go on. */
export type Going = 'playing' | 'paused' | 'stopped'

type SteeringEvent = EventOf<typeof replay>['type']

/** What the events of a replay mean to those who play it. */
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
  /** What was found out otherwise; what is older than what is known is passed over. */
  readonly learn: (going: Going, revision: number) => void
  /** Calls back at every change. @returns stops that */
  readonly listen: (changed: () => void) => () => void
}

/** A gate that is open. */
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
 * Lets everyone in this process who plays a replay know when it is paused, resumed or stopped, by whichever process:
 * it follows the replays' own events.
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
    onError: (error) => logger.warn({ err: error }, 'Steering replays is tried again'),
  })

  return {
    /** A gate for one who plays this replay, told of everything from now on; `leave` is to be called in the end. */
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

/** Lets everyone know who plays a replay here. */
export type Steering = ReturnType<typeof steering>
