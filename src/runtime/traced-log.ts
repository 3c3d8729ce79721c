import { categoryOf } from '#kernel'
import type { Tracer } from '../platform/observability/tracing/port.ts'
import { spanIdOf } from '../platform/observability/tracing/trace-context.ts'
import type { EventLog, NewEvent } from '../platform/storage/event-log/port.ts'

/**
 * Traces the events that are appended to a log. The span of an event has the id of the event: whatever follows from it, in
 * any process and however much later, names it as its parent. Its own parent is its command, or, for the move of a saga,
 * the event that the saga reacted to.
 */
export const tracedLog = (log: EventLog, tracer: Tracer): EventLog => {
  /** Spans of events that have just been appended. @param at start of the append */
  const appended = (stream: string, events: readonly NewEvent[], at: number): void => {
    for (const { eventId, type, metadata } of events) {
      const { correlationId, commandId, causationId } = metadata
      tracer
        .begin({
          name: `append ${type}`,
          kind: 'producer',
          correlationId,
          id: spanIdOf(eventId),
          parent: spanIdOf(commandId === eventId ? causationId : commandId),
          at,
          // Not the stream: its id may derive from an address.
          attributes: { 'agora.category': categoryOf(stream) },
        })
        ?.end()
    }
  }
  const { appendTogether } = log
  return {
    ...log,
    append: async (stream, expected, events) => {
      const at = tracer.now()
      const outcome = await log.append(stream, expected, events)
      if (!outcome.before) appended(stream, events, at)
      return outcome
    },
    appendInOrder: async (appends) => {
      const at = tracer.now()
      const outcomes = await log.appendInOrder(appends)
      for (const [index, { stream, events }] of appends.entries()) {
        const outcome = outcomes[index]!
        if (!(outcome instanceof Error) && !outcome.before) appended(stream, events, at)
      }
      return outcomes
    },
    ...(appendTogether && {
      appendTogether: async (appends) => {
        const at = tracer.now()
        const outcome = await appendTogether(appends)
        if (outcome.recorded)
          for (const [index, { stream, events }] of appends.entries())
            if (!outcome.appended[index]!.before) appended(stream, events, at)
        return outcome
      },
    }),
  }
}
