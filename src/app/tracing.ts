import type { Config } from '../config.ts'
import type { Tracer } from '../platform/observability/tracing/port.ts'

/**
 * Opens the tracer of a process. Without a trace store, nothing of it is imported.
 * @param options.onError called when an export fails
 */
export const openTracer = async (
  { tracing, roles }: Pick<Config, 'tracing' | 'roles'>,
  { onError }: { readonly onError: (error: unknown) => void },
): Promise<Tracer | undefined> => {
  if (!tracing) return undefined
  const { endpoint, ratio, service } = tracing
  const [{ tracer }, { otlpSpans }] = await Promise.all([
    import('../platform/observability/tracing/tracer.ts'),
    import('../platform/observability/tracing/otlp.ts'),
  ])
  const resource = {
    'service.name': service,
    'process.pid': process.pid,
    'agora.roles': [...roles].join(','),
  }
  return tracer(otlpSpans({ endpoint, resource }), { ratio, onError })
}
