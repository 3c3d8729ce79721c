import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { Unavailable } from '../../unavailable.ts'
import type { Attributes, EndedSpan, SpanExporter, SpanKind } from './port.ts'

/** A span as the exporter of OpenTelemetry reads it. */
type Readable = Parameters<OTLPTraceExporter['export']>[0][number]

/** Numbers of `SpanKind` in `@opentelemetry/api`. */
const kinds: Readonly<Record<SpanKind, number>> = {
  internal: 0,
  server: 1,
  client: 2,
  producer: 3,
  consumer: 4,
}

/** `SpanStatusCode.ERROR` */
const failed = 2

/** `TraceFlags.SAMPLED` */
const sampled = 1

/** ms as seconds and nanoseconds. */
const hrTime = (ms: number): [number, number] => {
  const seconds = Math.floor(ms / 1_000)
  return [seconds, Math.round((ms - seconds * 1_000) * 1e6)]
}

const scope = { name: 'agora' }

const empty: never[] = []

/** How long one export may take, with its retries, in ms. */
const exportTimeout = 10_000

/**
 * Sends spans to a trace store by OTLP over HTTP, in JSON. Spans are handed to OpenTelemetry's exporter directly, as ours
 * have ids that follow from the log, which its SDK cannot be given. Headers, certificates and compression are read from the
 * environment by the exporter (`OTEL_EXPORTER_OTLP_HEADERS` etc.).
 * @param options.endpoint base URL of the store; spans go to `<endpoint>/v1/traces`
 * @param options.resource facts about the process, `service.name` among them
 */
export const otlpSpans = ({
  endpoint,
  resource: about,
}: {
  readonly endpoint: string
  readonly resource: Attributes
}): SpanExporter => {
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/$/, '')}/v1/traces`,
    timeoutMillis: exportTimeout,
    concurrencyLimit: 1,
  })
  const resource = resourceFromAttributes({ ...about })

  const readable = ({ traceId, id, parent, ...span }: EndedSpan): Readable => ({
    name: span.name,
    kind: kinds[span.kind],
    spanContext: () => ({ traceId, spanId: id, traceFlags: sampled }),
    ...(parent !== undefined && {
      parentSpanContext: { traceId, spanId: parent, traceFlags: sampled },
    }),
    startTime: hrTime(span.startedAt),
    endTime: hrTime(span.endedAt),
    duration: hrTime(span.endedAt - span.startedAt),
    status: span.error === undefined ? { code: 0 } : { code: failed, message: span.error },
    attributes: span.attributes,
    links: empty,
    events: empty,
    ended: true,
    resource,
    instrumentationScope: scope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  })

  return {
    export: (spans) =>
      new Promise((resolve, reject) =>
        exporter.export(spans.map(readable), ({ code, error }) =>
          code === 0
            ? resolve()
            : reject(new Unavailable('The trace store did not take the spans', { cause: error })),
        ),
      ),
    close: () => exporter.shutdown(),
  }
}
