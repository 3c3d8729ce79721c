import {
  convertLegacyHttpOptions,
  createOtlpHttpExportDelegate,
} from '@opentelemetry/otlp-exporter-base/node-http'
import { Unavailable } from '../../unavailable.ts'
import { otlpJson } from './otlp-json.ts'
import type { Attributes, EndedSpan, SpanExporter } from './port.ts'

/** How long one export may take, with its retries, in ms. */
const exportTimeout = 10_000

const encoder = new TextEncoder()

/**
 * Sends spans to a trace store by OTLP over HTTP, in JSON, with the transport of OpenTelemetry's exporters: retries with
 * growing pauses, and headers, certificates and compression from the environment (`OTEL_EXPORTER_OTLP_HEADERS` etc.).
 * @param options.endpoint base URL of the store; spans go to `<endpoint>/v1/traces`
 * @param options.resource facts about the process, `service.name` among them
 */
export const otlpSpans = ({
  endpoint,
  resource,
}: {
  readonly endpoint: string
  readonly resource: Attributes
}): SpanExporter => {
  const transport = createOtlpHttpExportDelegate<readonly EndedSpan[], void>(
    convertLegacyHttpOptions(
      {
        url: `${endpoint.replace(/\/$/, '')}/v1/traces`,
        timeoutMillis: exportTimeout,
        concurrencyLimit: 1,
      },
      'TRACES',
      'v1/traces',
      { 'Content-Type': 'application/json' },
    ),
    {
      serializeRequest: (spans) => encoder.encode(otlpJson(resource, spans)),
      deserializeResponse: () => undefined,
    },
    'otlp_http_json_span_exporter',
    { name: 'span', countItems: (spans) => spans.length },
    undefined,
  )
  return {
    export: (spans) =>
      new Promise((resolve, reject) =>
        transport.export(spans, ({ code, error }) =>
          code === 0
            ? resolve()
            : reject(new Unavailable('The trace store did not take the spans', { cause: error })),
        ),
      ),
    close: () => transport.shutdown(),
  }
}
