import { categoryOf, type RecordedEvent } from '#kernel'
import { followFeed } from '../../../runtime/follow-feed.ts'
import type { ChannelPorts } from '../../../serving/channel.ts'

/** Which events are heard of; all, where nothing is named. */
export type LiveFilter = {
  readonly category?: string
  readonly types?: readonly string[]
}

/**
 * Tells one listener of events as they are recorded. The log itself is what keeps them for a slow one: it is read on
 * from where they are, and nothing is left out.
 * @param after the position to begin behind
 * @param options.ready resolves once more can be told
 * @param options.signal ends it
 * @returns when the signal has ended it
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
    onError: (error) => logger.warn({ err: error }, 'Telling analysts what happens is tried again'),
  })
}
