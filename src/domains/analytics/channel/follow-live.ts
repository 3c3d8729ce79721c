import { categoryOf, type RecordedEvent } from '#kernel'
import { followFeed } from '../../../runtime/follow-feed.ts'
import type { ChannelPorts } from '../../../serving/channel.ts'

/** Filter of events; all, when empty. */
export type LiveFilter = {
  readonly category?: string
  readonly types?: readonly string[]
}

/**
 * Sends new events to one listener. Nothing is buffered for a slow listener: the log is read from its position, so that
 * it receives all events.
 * @param after position to start after
 * @param options.ready resolves once the listener accepts more messages
 * @param options.signal ends it
 * @returns after the signal
 */
export const followLive = async (
  { category, types }: LiveFilter,
  after: bigint,
  {
    feed,
    logger,
    ready,
    tell,
    signal,
  }: Pick<ChannelPorts, 'feed' | 'logger'> & {
    readonly ready: () => Promise<void>
    readonly tell: (event: RecordedEvent) => void
    readonly signal: AbortSignal
  },
): Promise<void> => {
  let position = after
  await followFeed(feed, after, {
    types,
    signal,
    take: async ({ events }) => {
      for (const event of events) {
        if (types && !types.includes(event.type)) continue
        if (category !== undefined && categoryOf(event.stream) !== category) continue
        // A slice that is read again holds events that were sent before the failure.
        if (event.position <= position) continue
        await ready()
        tell(event)
        ;({ position } = event)
      }
    },
    onError: (error) =>
      logger.warn({ err: error }, 'Sending live events to an analyst failed and is retried'),
  })
}
