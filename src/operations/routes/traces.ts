import { Type, type Static } from 'typebox'
import { Fields } from '#kernel'
import { correlationIdOf, traceIdOf } from '../../platform/observability/tracing/trace-context.ts'
import type { EventFacts, EventLog } from '../../platform/storage/event-log/port.ts'
import { notFound } from '../../serving/problem.ts'
import { route } from '../../serving/route.ts'

/** Number of positions that are searched at once. */
const searchedAtOnce = 100_000n

/** Searches in one request, and, in a log without a search, pages. */
const mostSearches = 10

/** Number of events in a page of a log without a search. */
const pageSize = 1_000

const TracedEvent = Type.Object({
  eventId: Type.String(),
  type: Type.String(),
  stream: Type.String(),
  revision: Type.Integer(),
  position: Type.String(),
  at: Type.String({ format: 'date-time' }),
  actor: Type.String({ description: 'Id of a user, or the name of a part of Agora' }),
  commandId: Type.String({ description: 'Id of the command; events of one command share it' }),
  causedBy: Type.Optional(
    Type.String({
      description: 'Id of the event of this trace that led to it; absent where the request did',
    }),
  ),
})

const Trace = Type.Object({
  traceId: Type.String({ description: '32 hexadecimal digits' }),
  correlationId: Type.String({ description: 'The same id as a UUID, as in `traceId` of problems' }),
  url: Type.Optional(Type.String({ description: 'Page of the trace in the trace store' })),
  events: Type.Array(TracedEvent, { description: 'In the order of the log' }),
  searchedFrom: Type.String({ description: 'Position from which on the log was searched' }),
  before: Type.Optional(
    Type.String({
      description:
        'Repeat the request with `before` to search earlier events; absent once all were searched',
    }),
  ),
})

/** Events of a trace in part of the log, and the position before that part. */
type Searched = { readonly events: readonly EventFacts[]; readonly after: bigint }

/** Searches part of a log backwards. @param until last position of the part */
const searchOnce = async (
  { byCorrelation, readAll }: Pick<EventLog, 'byCorrelation' | 'readAll'>,
  correlationId: string,
  until: bigint,
): Promise<Searched> => {
  if (byCorrelation) {
    const after = until > searchedAtOnce ? until - searchedAtOnce : 0n
    return { events: await byCorrelation(correlationId, { after, until }), after }
  }
  const page = await readAll({ after: until + 1n, direction: 'backwards', limit: pageSize })
  const events = page.events.filter(({ metadata }) => metadata.correlationId === correlationId)
  return {
    events: events.toReversed(),
    after: page.caughtUp ? 0n : page.position - 1n,
  }
}

/** Searches the log backwards for the events of a trace, part by part, and no further than one request may cost. */
const search = async (
  log: Pick<EventLog, 'byCorrelation' | 'readAll'>,
  correlationId: string,
  until: bigint,
): Promise<Searched> => {
  const parts: (readonly EventFacts[])[] = []
  let after = until
  for (let nth = 0; nth < mostSearches && after > 0n; nth++) {
    const part = await searchOnce(log, correlationId, after)
    parts.push(part.events)
    after = part.after
  }
  return { events: parts.toReversed().flat(), after }
}

const tracedOf = (
  { metadata, position, eventId, type, revision, at, stream }: EventFacts,
  ids: ReadonlySet<string>,
  streamTold: (stream: string) => string,
): Static<typeof TracedEvent> => ({
  eventId,
  type,
  stream: streamTold(stream),
  revision,
  position: String(position),
  at,
  actor: metadata.actorId,
  commandId: metadata.commandId,
  ...(ids.has(metadata.causationId) && { causedBy: metadata.causationId }),
})

/** Traces, as the log knows them: which event led to which. */
export const traceRoutes = [
  route({
    method: 'GET',
    url: '/observability/traces/:traceId',
    access: 'admin',
    operationId: 'trace',
    summary: 'What one request led to, by the causation in the log',
    description:
      'The log has the events, whether the trace was sampled or not, but no reads and no durations: those are in the trace store, if there is one (`OTEL_EXPORTER_OTLP_ENDPOINT`), to which `url` links (`TRACES_URL`). The newest million events are searched (of an EventStoreDB, ten thousand), then earlier ones with `before`.',
    params: Fields({
      traceId: Type.String({
        pattern: '^([0-9A-Fa-f]{32}|[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})$',
        description: 'Id of the trace, or the correlation id of a request',
      }),
    }),
    query: Fields({
      before: Type.Optional(
        Type.String({ pattern: '^[0-9]{1,18}$', description: 'Search only before this position' }),
      ),
    }),
    data: Trace,
    problems: [404],
    handle: async ({ params: { traceId: asked }, query: { before } }, ports) => {
      const traceId = traceIdOf(asked) ?? asked.toLowerCase()
      const correlationId = correlationIdOf(traceId)
      const head = await ports.log.head()
      const until = before !== undefined && BigInt(before) <= head ? BigInt(before) - 1n : head
      const { events, after } = await search(ports.log, correlationId, until < 0n ? 0n : until)
      const { tracesUrl } = ports.config
      if (events.length === 0 && after === 0n && tracesUrl === undefined)
        throw notFound('trace', 'traceId')
      const ids = new Set(events.map(({ eventId }) => eventId))
      return {
        data: {
          traceId,
          correlationId,
          ...(tracesUrl !== undefined && { url: tracesUrl.replaceAll('{traceId}', traceId) }),
          events: events.map((event) => tracedOf(event, ids, ports.catalogue.streamTold)),
          searchedFrom: String(after + 1n),
          ...(after > 0n && { before: String(after + 1n) }),
        },
      }
    },
  }),
]
