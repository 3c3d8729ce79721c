import { setTimeout as pause } from 'node:timers/promises'
import { categoryOf, type RecordedEvent } from '#kernel'
import type { ChannelPorts } from '../../../serving/channel.ts'

/** The pauses after failures, in ms. */
const backOff = { first: 50, most: 2_000 }

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
  let wait = backOff.first
  while (!signal.aborted)
    try {
      const slice = await feed.next(position, { signal, ...(types && { types }) })
      for (const event of slice.events) {
        if (types && !types.includes(event.type)) continue
        if (category !== undefined && categoryOf(event.stream) !== category) continue
        await ready()
        tell(event)
        ;({ position } = event)
      }
      ;({ position } = slice)
      wait = backOff.first
    } catch (error) {
      if (signal.aborted) return
      logger.warn({ err: error }, 'Telling analysts what happens is tried again')
      await pause(wait, undefined, { signal }).catch(() => undefined)
      wait = Math.min(wait * 2, backOff.most)
    }
}
