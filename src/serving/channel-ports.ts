import type { Catalogue } from '#kernel'
import type { EventLog } from '../platform/storage/event-log/port.ts'
import type { EventFeed } from './event-feed.ts'
import type { Ports } from './ports.ts'

/** Ports of channel handlers; each handler takes the ones it needs. */
export type ChannelPorts = Pick<
  Ports,
  'clock' | 'executor' | 'readModels' | 'counters' | 'apiUrl'
> & {
  readonly log: Pick<EventLog, 'read' | 'readAll' | 'head' | 'streams' | 'dense'>
  readonly catalogue: Pick<Catalogue, 'masked' | 'streamTold'>
  readonly feed: EventFeed
  readonly logger: {
    readonly warn: (details: object, message: string) => void
    readonly error: (details: object, message: string) => void
  }
}
