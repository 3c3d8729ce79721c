import type { AnyProjection, RecordedEvent } from '#kernel'
import {
  requestTypes,
  type DeadLetter as StoredLetter,
} from '../platform/storage/dead-letters/port.ts'
import type { DocumentStore } from '../platform/storage/documents/port.ts'
import type { EventLog } from '../platform/storage/event-log/port.ts'
import { keyOfStream } from './fold.ts'
import type { LetterCircumstances } from './operations.ts'

const requests: ReadonlySet<string> = new Set(Object.values(requestTypes))

/**
 * Reads the event that a follower failed at, and the document concerned. A parked document is not folded any further, so that
 * the stored one is the one before the event.
 */
export const letterCircumstances = async (
  { name, kind, key, generation, position, type }: StoredLetter,
  {
    projections,
    documents,
    log,
  }: {
    readonly projections: readonly AnyProjection[]
    readonly documents: Pick<DocumentStore, 'generations' | 'load'>
    readonly log: Pick<EventLog, 'readAll'>
  },
): Promise<LetterCircumstances> => {
  const eventAt = async (): Promise<RecordedEvent | undefined> => {
    if (requests.has(type)) return undefined
    const { events } = await log.readAll({ after: position - 1n, limit: 1 })
    return events.find((event) => event.position === position)
  }
  const documentBefore = async (): Promise<LetterCircumstances['document']> => {
    const projection =
      kind === 'projection' ? projections.find((one) => one.name === name) : undefined
    const records = projection ? await documents.generations(name) : []
    const record = records.find((one) => one.generation === generation)
    // The event of a parked stream names no document.
    if (!projection || !record || key.startsWith(keyOfStream(''))) return undefined
    const { store } = record
    const found = await documents.load({ projection, generation, store }, [key])
    return { schema: projection.document, value: found.get(key) }
  }
  const [event, document] = await Promise.all([eventAt(), documentBefore()])
  return { ...(event && { event }), ...(document && { document }) }
}
