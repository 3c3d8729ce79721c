import {
  convertLegacyHttpOptions,
  createOtlpHttpExportDelegate,
} from '@opentelemetry/otlp-exporter-base/node-http'
import { Unavailable } from '../../unavailable.ts'
import { otlpProtobuf } from './otlp-protobuf.ts'
import type { Attributes, SpanExporter } from './port.ts'

/** How long one export may take, with its retries, in ms. */
const exportTimeout = 10_000

/**
 * Sends spans to a trace store by OTLP over HTTP, in protobuf, with the transport of OpenTelemetry's exporters: retries with
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
  const transport = createOtlpHttpExportDelegate<Uint8Array, void>(
    convertLegacyHttpOptions(
      {
        url: `${endpoint.replace(/\/$/, '')}/v1/traces`,
        timeoutMillis: exportTimeout,
        // Spans are exported one batch at a time; the transport counts a batch for a moment after its answer.
        concurrencyLimit: 2,
      },
      'TRACES',
      'v1/traces',
      { 'Content-Type': 'application/x-protobuf' },
    ),
    {
      serializeRequest: (bytes) => bytes,
      deserializeResponse: () => undefined,
    },
    'otlp_http_span_exporter',
    { name: 'span', countItems: () => 1 },
    undefined,
  )
  const send = (bytes: Uint8Array): Promise<void> =>
    new Promise((resolve, reject) =>
      transport.export(bytes, ({ code, error }) =>
        code === 0
          ? resolve()
          : reject(new Unavailable('The trace store did not take the spans', { cause: error })),
      ),
    )
  const written = otlpProtobuf(resource)
  /** Space of a batch that was sent: new memory costs page faults, and collections of what is outside of the heap. */
  let spare: Buffer | undefined
  return {
    batch: () => {
      const { add, end, space } = written(spare)
      spare = undefined
      return {
        add,
        export: async () => {
          await send(end())
          // After a failure, a request may still hold it.
          spare = space()
        },
      }
    },
    close: () => transport.shutdown(),
  }
}
