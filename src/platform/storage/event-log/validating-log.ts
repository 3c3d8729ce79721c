import type { Catalogue, RecordedEvent } from '#kernel'
import { contentTypes, hasReadableMetadata } from '../../engines/eventstoredb/event-bytes.ts'
import { withoutSeal } from './encrypting-log.ts'
import {
  EventRefused,
  maxEventBytes,
  type Append,
  type EventLog,
  type NewEvent,
  type Slice,
} from './port.ts'
import { isUnstorable } from './unstorable-json.ts'

/**
 * A log that validates events before they are appended, by schema and size, and upcasts them as they are read.
 * @param log the adapter that stores the events
 * @param catalogue all declared events
 */
export const validatingLog = (log: EventLog, catalogue: Catalogue): EventLog => {
  const refuseBad = ({ type, data, original }: NewEvent): void => {
    if (original && catalogue.types.has(type)) {
      if (original.contentType !== contentTypes.json)
        throw new EventRefused(type, `${type} is binary, but declared as JSON`)
      if (!hasReadableMetadata(original))
        throw new EventRefused(type, `The metadata of ${type} are not a JSON object`)
    }
    const problem = catalogue.problemWith(type, withoutSeal(data))
    if (problem) throw new EventRefused(type, problem)
    const json = JSON.stringify(data)
    if (Buffer.byteLength(json) > maxEventBytes)
      throw new EventRefused(type, `${type} is larger than ${maxEventBytes} bytes`)
    if (isUnstorable(json))
      throw new EventRefused(type, `${type} contains the character U+0000 or a lone surrogate`)
  }
  /** Drops the original data bytes of a declared event, which is validated, encrypted and masked as a value. */
  const withoutBytes = ({ original, ...event }: NewEvent): NewEvent =>
    original
      ? { ...event, original: { contentType: original.contentType, metadata: original.metadata } }
      : event
  /** Validates an append. @throws EventRefused */
  const fitting = (append: Append): Append => {
    const { stream, events } = append
    if (events.length === 0) throw new RangeError(`Nothing to append to ${stream}`)
    events.forEach(refuseBad)
    return { ...append, events: events.map(withoutBytes) }
  }
  const fittingOrCheck = (append: Append): Append =>
    append.events.length === 0 ? append : fitting(append)
  const upToDate = (events: readonly RecordedEvent[]): readonly RecordedEvent[] =>
    events.map(catalogue.upToDate)
  const sliceUpToDate = (slice: Slice): Slice => ({ ...slice, events: upToDate(slice.events) })

  return {
    ...log,
    // Without a promise of its own, as every command appends through here.
    append: (stream, expected, events) => {
      try {
        return log.append(stream, expected, fitting({ stream, expected, events }).events)
      } catch (error) {
        return Promise.reject(error)
      }
    },
    appendInOrder: async (appends) => {
      const validated = appends.map((append): Append | EventRefused => {
        try {
          return fitting(append)
        } catch (error) {
          if (error instanceof EventRefused) return error
          throw error
        }
      })
      const outcomes = await log.appendInOrder(
        validated.flatMap((one) => (one instanceof Error ? [] : one)),
      )
      const next = outcomes.values()
      return validated.map((one) => (one instanceof Error ? one : next.next().value!))
    },
    ...(log.appendTogether && {
      appendTogether: (appends) => {
        try {
          return log.appendTogether!(appends.map(fittingOrCheck))
        } catch (error) {
          return Promise.reject(error)
        }
      },
    }),
    read: async (stream, range) => upToDate(await log.read(stream, range)),
    readAll: async (range) => sliceUpToDate(await log.readAll(range)),
    subscribe: async function* (after, options) {
      for await (const slice of log.subscribe(after, options)) yield sliceUpToDate(slice)
    },
  }
}
