import type { Static } from 'typebox'
import type { Environment } from './environment.ts'

/** Trace store, and what of the traces it receives. */
export type TracingSettings = {
  /** Base URL of the trace store, which takes OTLP over HTTP. */
  readonly endpoint: string
  /** Share of traces that are sampled, from 0 to 1. */
  readonly ratio: number
  /** Name of the process in traces. */
  readonly service: string
}

/** Returns the settings of tracing; none without a trace store. */
export const tracingOf = ({
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
  OTEL_TRACES_SAMPLER_ARG: ratio = '1',
  OTEL_SERVICE_NAME: service = 'agora',
}: Static<typeof Environment>): { readonly tracing?: TracingSettings } =>
  endpoint ? { tracing: { endpoint, ratio: Number(ratio), service } } : {}
