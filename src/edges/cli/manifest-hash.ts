import { createHash } from 'node:crypto'
import type { MaskedEvent } from './answers.ts'
import { canonicalJson } from './canonical-json.ts'

/** A fingerprint of events in their order. */
export type EventsHash = {
  readonly add: (event: MaskedEvent) => void
  /** SHA-256, 64 hex digits; to be asked once. */
  readonly digest: () => string
}

/**
 * Begins a fingerprint that does not depend on the format the events are written in: SHA-256 over one line of canonical
 * JSON an event, each with its line end.
 */
export const eventsHash = (): EventsHash => {
  const hash = createHash('sha256')
  return {
    add: ({ eventId, stream, type, revision, position, at, data, metadata }) => {
      const event = { eventId, stream, type, revision, position, at, data, metadata }
      hash.update(`${canonicalJson(event)}\n`)
    },
    digest: () => hash.digest('hex'),
  }
}
