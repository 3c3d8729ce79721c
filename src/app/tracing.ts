import type { Config } from '../config.ts'
import type { Tracing } from './traced.ts'

/**
 * Opens the tracing of a process. Without a trace store, nothing of it is imported.
 * @param onError called when an export fails
 */
export const openTracing = async (
  { tracing: settings, roles }: Pick<Config, 'tracing' | 'roles'>,
  onError: (error: unknown) => void,
): Promise<Tracing | undefined> => {
  if (!settings) return undefined
  const { tracing } = await import('./traced.ts')
  return tracing(settings, { roles, onError })
}
