import type { RecordedEvent } from '#kernel'
import {
  wholeLog,
  type GroupDefinition,
  type GroupKey,
  type StoredGroup,
} from '../../../platform/messaging/consumer-groups/port.ts'
import { nameFilter } from '../name-filter.ts'
import { followLog, followStream, type FollowOptions } from '../read-live.ts'
import { positionBefore, positionOf, revisionOf, type ReadableLog } from '../read-pages.ts'
import type { ReadRequest } from '../read-request.ts'
import type { Message } from './dispatcher.ts'

/** Events in their order, with the place up to which no other comes, where places count those of others as well. */
export type SourceSlice = {
  readonly messages: readonly Message<RecordedEvent>[]
  readonly reached: bigint | undefined
  readonly caughtUp: boolean
}

/** What a group reads. */
export type GroupSource = {
  /** Follows the events after a place. */
  readonly after: (place: bigint, following: FollowOptions) => AsyncGenerator<SourceSlice>
  /** Reads the event at a place; undefined where there is none any more. */
  readonly at: (place: bigint) => Promise<Message<RecordedEvent> | undefined>
  /** Returns the place of the last event; that before the first without any. */
  readonly last: () => Promise<bigint>
  /** Returns the place after which a group begins. */
  readonly startOf: (startFrom: GroupDefinition['startFrom']) => Promise<bigint>
}

const live: ReadRequest = {
  stream: undefined,
  from: 'start',
  direction: 'forwards',
  count: 'live',
  filter: undefined,
  ids: 'text',
  wantsEnd: false,
}

/** Events considered between two checkpoints of a filtered subscription; a group has its own. */
const unusedInterval = 1

/** Returns the place of the last event of a source; that before the first without any. */
export const lastPlace = async (
  log: Pick<ReadableLog, 'head' | 'read'>,
  source: string,
): Promise<bigint> => {
  if (source === wholeLog) return log.head()
  const [event] = await log.read(source, { limit: 1, direction: 'backwards' })
  return BigInt(event?.revision ?? -1)
}

/** Opens the source of a group in a log, which masks events where the group reads masked ones. */
export const groupSource = (
  log: ReadableLog,
  { source, filter, settings }: GroupKey & Pick<StoredGroup, 'filter' | 'settings'>,
): GroupSource => {
  const keyOf = (event: RecordedEvent): string =>
    settings.strategy === 'PinnedByCorrelation' ? event.metadata.correlationId : event.stream
  const messageAt = (event: RecordedEvent, place: bigint): Message<RecordedEvent> => ({
    place,
    id: event.eventId,
    key: keyOf(event),
    event,
  })

  if (source === wholeLog) {
    const request = { ...live, filter: filter && nameFilter(filter, unusedInterval) }
    return {
      after: async function* (place, following) {
        for await (const slice of followLog(log, request, place, following))
          yield {
            messages: slice.events.map((event) => messageAt(event, event.position)),
            reached: slice.position,
            caughtUp: slice.caughtUp,
          }
      },
      at: async (place) => {
        const after = await positionBefore(log, place)
        const { events } = await log.readAll({ after, limit: 1 })
        const [event] = events
        return event?.position === place ? messageAt(event, place) : undefined
      },
      last: () => lastPlace(log, source),
      startOf: async (startFrom) => {
        if (startFrom === 'start') return 0n
        return startFrom === 'end' ? log.head() : positionBefore(log, positionOf(BigInt(startFrom)))
      },
    }
  }

  const last = () => lastPlace(log, source)
  return {
    after: async function* (place, following) {
      const request: ReadRequest = { ...live, from: place < 0n ? 'start' : place }
      for await (const slice of followStream(log, source, request, following))
        yield {
          messages: slice.events.map((event) => messageAt(event, BigInt(event.revision))),
          reached: undefined,
          caughtUp: slice.caughtUp,
        }
    },
    at: async (place) => {
      const [event] = await log.read(source, { from: revisionOf(place), limit: 1 })
      return event && BigInt(event.revision) === place ? messageAt(event, place) : undefined
    },
    last,
    startOf: async (startFrom) => {
      if (startFrom === 'start') return -1n
      return startFrom === 'end' ? last() : BigInt(revisionOf(BigInt(startFrom))) - 1n
    },
  }
}
