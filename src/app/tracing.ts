import type { Config } from '../config.ts'
import type { Tracing, TracingOptions } from './traced.ts'

/**
 * Opens the tracing of a process. Without a trace store, nothing of it is imported.
 * @param options See `TracingOptions`
 */
export const openTracing = async (
  { tracing: settings, roles }: Pick<Config, 'tracing' | 'roles'>,
  options: Omit<TracingOptions, 'roles'>,
): Promise<Tracing | undefined> => {
  if (!settings) return undefined
  const { tracing } = await import('./traced.ts')
  return tracing(settings, { ...options, roles })
}
