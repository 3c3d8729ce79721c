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

/** How old the last figures may be that a new listener gets, in ms; events that change them come as an update. */
const lastLife = 60_000

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

/** The last figures, and when they were computed, in ms. */
type Last = { readonly dashboard: Dashboard; readonly at: number }

/**
 * Sends the figures of the present day (UTC) to all listeners after events that change them, at most once a second, and to
 * each new listener. They are computed once for all of a process, one at a time, and not while there is no listener: a new
 * one gets the last figures, or those that are being computed, and events that were recorded meanwhile one further update.
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
  let last: Last | undefined
  let pending: Promise<bigint> | undefined
  /** Position that the figures include that were computed last. */
  let since = feed.head()

  /** Computes the figures for all present listeners. @returns the position that they include */
  const compute = async (): Promise<bigint> => {
    const head = feed.head()
    const at = clock().getTime()
    since = head
    const { data } = await answeredFrom(readModels, head, (reads) => dashboardOf(reads, today(at)))
    last = { dashboard: data, at }
    for (const tell of listeners) tell(data)
    return head
  }

  const update = (): Promise<bigint> => {
    pending ??= compute().finally(() => (pending = undefined))
    return pending
  }

  const greet = (tell: Tell): void => {
    // While figures are being computed, the new listener gets those.
    if (pending) return
    const now = clock().getTime()
    const isFresh =
      last !== undefined &&
      last.at >= today(now).from &&
      now - last.at < (running ? lastLife : pace)
    if (last && isFresh) tell(last.dashboard)
    else
      update().catch((error: unknown) =>
        logger.warn({ err: error }, 'Figures could not be sent to an analyst'),
      )
  }

  const run = async (ending: AbortSignal): Promise<void> => {
    // Events that the last update includes are skipped.
    const source = {
      next: (position: bigint, options: Parameters<typeof feed.next>[1]) =>
        feed.next(position > since ? position : since, options),
    }
    await followFeed(source, since, {
      types,
      signal: ending,
      take: async ({ position }) => {
        const began = performance.now()
        // The first one may have begun before these events.
        while ((await update()) < position) ending.throwIfAborted()
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
      greet(tell)
      if (running) return
      running = new AbortController()
      void run(AbortSignal.any([signal, running.signal]))
    },
  }
}
