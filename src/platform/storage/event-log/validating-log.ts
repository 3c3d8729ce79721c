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
 * Guards a log at both ends: what goes in matches its schema and is not too large; what comes out is in today's shape.
 * @param log the adapter that keeps the events
 * @param catalogue every event that may be recorded
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
      throw new EventRefused(type, `${type} contains the character U+0000 or half a character`)
  }
  /** What the catalogue describes is kept as it describes it: checked, sealed and masked as a value. */
  const withoutBytes = ({ original, ...event }: NewEvent): NewEvent =>
    original
      ? { ...event, original: { contentType: original.contentType, metadata: original.metadata } }
      : event
  /** An append as the log keeps it. @throws EventRefused when the log does not take one of its events */
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
    // Both without a promise of their own, as every command comes through here.
    append: (stream, expected, events) => {
      try {
        return log.append(stream, expected, fitting({ stream, expected, events }).events)
      } catch (error) {
        return Promise.reject(error)
      }
    },
    appendInOrder: async (appends) => {
      const judged = appends.map((append): Append | EventRefused => {
        try {
          return fitting(append)
        } catch (error) {
          if (error instanceof EventRefused) return error
          throw error
        }
      })
      const outcomes = await log.appendInOrder(
        judged.flatMap((one) => (one instanceof Error ? [] : one)),
      )
      const next = outcomes.values()
      return judged.map((one) => (one instanceof Error ? one : next.next().value!))
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
