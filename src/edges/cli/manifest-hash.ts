import { createHash } from 'node:crypto'
import type { MaskedEvent } from './answers.ts'
import { canonicalJson } from '#kernel/canonical-json'

/** Hash of events in order. */
export type EventsHash = {
  readonly add: (event: MaskedEvent) => void
  /** Returns the SHA-256 as 64 hex digits; to be called once. */
  readonly digest: () => string
}

/**
 * Starts a hash that does not depend on the format of the export: SHA-256 over one line of canonical JSON for each
 * event, with line ends.
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
