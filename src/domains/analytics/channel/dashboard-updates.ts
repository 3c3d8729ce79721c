import { setTimeout as after } from 'node:timers/promises'
import { activeDays, firstAnswers, metricDays, orderFacts } from '../../../projections/index.ts'
import { followFeed } from '../../../runtime/follow-feed.ts'
import type { ChannelPorts } from '../../../serving/channel.ts'
import { zoneOf } from '../language.ts'
import type { Range } from '../services/asked-range.ts'
import { dashboardOf, type Dashboard } from '../services/dashboard.ts'
import { answeredFrom } from '../services/reads.ts'

/** Least time between two updates, in ms. */
const pace = 1_000

/** An update takes at most this part of the time. */
const share = 10

/** Event types that change the figures. */
const types = [
  ...new Set([metricDays, orderFacts, activeDays, firstAnswers].flatMap(({ reads }) => reads)),
]

/** The present day in UTC, up to now. @param now in ms */
const today = (now: number): Range => {
  const zone = zoneOf('UTC')
  if (!zone) throw new Error('The runtime has no time zone UTC')
  return { from: zone.startOf('day', now), to: now + 1, timeZone: 'UTC', zone }
}

/** Sends figures to a socket. */
type Tell = (dashboard: Dashboard) => void

/**
 * Sends the figures of the present day (UTC) to all listeners after events that change them, at most once a second, and to
 * each new listener. They are computed once for all of a process, and not while there is no listener.
 * @param signal ends it
 * @param wait waits between two updates; its time is in ms
 */
export const dashboardUpdates = (
  {
    feed,
    readModels,
    clock,
    logger,
  }: Pick<ChannelPorts, 'feed' | 'clock'> & {
    readonly readModels: Pick<ChannelPorts['readModels'], 'find'>
    readonly logger: Pick<ChannelPorts['logger'], 'warn'>
  },
  signal: AbortSignal,
  wait: (ms: number, signal: AbortSignal) => Promise<unknown> = (ms, ending) =>
    after(ms, undefined, { signal: ending }),
): {
  /** @param until ends the listening */
  readonly listen: (tell: Tell, until: AbortSignal) => void
} => {
  const listeners = new Set<Tell>()
  let running: AbortController | undefined

  const update = async (to: Iterable<Tell> = listeners): Promise<void> => {
    const { data } = await answeredFrom(readModels, feed.head(), (reads) =>
      dashboardOf(reads, today(clock().getTime())),
    )
    for (const tell of to) tell(data)
  }

  const run = async (ending: AbortSignal): Promise<void> => {
    await followFeed(feed, feed.head(), {
      types,
      signal: ending,
      take: async () => {
        const began = performance.now()
        await update()
        await wait(Math.max(pace, share * (performance.now() - began)), ending)
      },
      onError: (error) =>
        logger.warn({ err: error }, 'Figures could not be sent to analysts; this is retried'),
    })
  }

  return {
    listen: (tell, until) => {
      if (until.aborted || signal.aborted) return
      listeners.add(tell)
      until.addEventListener(
        'abort',
        () => {
          listeners.delete(tell)
          if (listeners.size > 0) return
          running?.abort()
          running = undefined
        },
        { once: true },
      )
      update([tell]).catch((error: unknown) =>
        logger.warn({ err: error }, 'Figures could not be sent to an analyst'),
      )
      if (running) return
      running = new AbortController()
      void run(AbortSignal.any([signal, running.signal]))
    },
  }
}
