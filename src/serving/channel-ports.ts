import type { Catalogue } from '#kernel'
import type { EventLog, Slice } from '../platform/storage/event-log/port.ts'
import type { Ports } from './ports.ts'

/** Follows the log in this process. */
export type EventFeed = {
  /** The events behind a position; waits until there is one. @throws the signal's reason */
  readonly next: (
    after: bigint,
    options: { readonly signal: AbortSignal; readonly types?: readonly string[] },
  ) => Promise<Slice>
  /** The end of the log, as far as this process knows it. */
  readonly head: () => bigint
}

/** Everything that handlers of channels may use; each one takes what it needs. */
export type ChannelPorts = Pick<Ports, 'clock' | 'executor' | 'readModels'> & {
  readonly log: Pick<EventLog, 'read' | 'readAll' | 'head' | 'streams' | 'dense'>
  readonly catalogue: Pick<Catalogue, 'masked' | 'streamTold'>
  readonly feed: EventFeed
  readonly logger: {
    readonly warn: (details: object, message: string) => void
    readonly error: (details: object, message: string) => void
  }
}
