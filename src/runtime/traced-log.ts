import { categoryOf } from '#kernel'
import { operations } from '../platform/observability/tracing/operations.ts'
import type { Tracer } from '../platform/observability/tracing/port.ts'
import { spanIdOf } from '../platform/observability/tracing/ids.ts'
import type { Append, EventLog, NewEvent } from '../platform/storage/event-log/port.ts'

const operationOf = operations((type, category) => ({
  name: `append ${type}`,
  kind: 'producer',
  // Not the stream: its id may derive from an address.
  attributes: { 'agora.category': category },
}))

/**
 * Traces the events that are appended to a log. The span of an event has the id of the event: whatever follows from it, in
 * any process and however much later, names it as its parent. Its own parent is its command, or, for the move of a saga,
 * the event that the saga reacted to.
 */
export const tracedLog = (log: EventLog, tracer: Tracer): EventLog => {
  /** Spans of events that have just been appended. @param at start of the append */
  const appended = (stream: string, events: readonly NewEvent[], at: number): void => {
    const until = tracer.now()
    for (const { eventId, type, metadata } of events) {
      const { correlationId, commandId, causationId } = metadata
      const trace = tracer.sampled(correlationId)
      if (!trace) continue
      const operation = operationOf(type, categoryOf(stream))
      const parent = spanIdOf(commandId === eventId ? causationId : commandId)
      tracer.record(trace, { operation, id: spanIdOf(eventId), parent, at }, until)
    }
  }
  const isTraced = (events: readonly NewEvent[]): boolean =>
    events.some(({ metadata }) => tracer.sampled(metadata.correlationId) !== undefined)
  const areTraced = (appends: readonly Append[]): boolean =>
    appends.some(({ events }) => isTraced(events))
  /** Looks at the outcome of a call. The caller gets the call itself, not a derived promise that would resolve later. */
  const observed = <T>(call: Promise<T>, recorded: (outcome: T) => void): Promise<T> => {
    call.then(recorded, () => undefined)
    return call
  }
  const { appendTogether } = log
  return {
    ...log,
    append: (stream, expected, events) => {
      if (!isTraced(events)) return log.append(stream, expected, events)
      const at = tracer.now()
      return observed(log.append(stream, expected, events), ({ before }) => {
        if (!before) appended(stream, events, at)
      })
    },
    appendInOrder: (appends) => {
      if (!areTraced(appends)) return log.appendInOrder(appends)
      const at = tracer.now()
      return observed(log.appendInOrder(appends), (outcomes) => {
        for (const [index, { stream, events }] of appends.entries()) {
          const outcome = outcomes[index]!
          if (!(outcome instanceof Error) && !outcome.before) appended(stream, events, at)
        }
      })
    },
    ...(appendTogether && {
      appendTogether: (appends) => {
        if (!areTraced(appends)) return appendTogether(appends)
        const at = tracer.now()
        return observed(appendTogether(appends), (outcome) => {
          if (!outcome.recorded) return
          for (const [index, { stream, events }] of appends.entries())
            if (!outcome.appended[index]!.before) appended(stream, events, at)
        })
      },
    }),
  }
}
