import type { Catalogue } from '#kernel'
import type { EventLog } from '../platform/storage/event-log/port.ts'
import type { Registry } from '../platform/messaging/registry/port.ts'
import type { Operations } from '../runtime/operations.ts'
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
  /** The instances of all processes. */
  readonly registry: Pick<Registry, 'services'>
  /** How far the read models are behind. */
  readonly lags: Operations['lags']
  readonly logger: {
    readonly warn: (details: object, message: string) => void
    readonly error: (details: object, message: string) => void
  }
}
