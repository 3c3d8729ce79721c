import type { DataOf } from '../../api/client.ts'

/** An event of a trace. */
export type TracedEvent = DataOf<'/api/v1/observability/traces/{traceId}', 'get'>['events'][number]

/** An event with the events that it led to. */
export type Caused = { readonly event: TracedEvent; readonly effects: readonly Caused[] }

/**
 * Returns the events of a trace as trees: below each event those that it led to, in the order of the log. An event whose
 * cause is not among them begins a tree, as those that the request itself led to do.
 */
export const causation = (events: readonly TracedEvent[]): readonly Caused[] => {
  const ids = new Set(events.map(({ eventId }) => eventId))
  const byCause = Map.groupBy(events, ({ causedBy }) =>
    causedBy !== undefined && ids.has(causedBy) ? causedBy : '',
  )
  const below = (cause: string): readonly Caused[] =>
    (byCause.get(cause) ?? []).map((event) => ({ event, effects: below(event.eventId) }))
  return below('')
}
