import { versionOfAgora } from '../../platform/version.ts'
import { openApi } from '../../docs/open-api/open-api.ts'
import type { Module } from '../../serving/module.ts'
import { metricsOperation } from './routes/metrics-operation.ts'

/** Before every path of the API. */
export const prefix = '/api/v1'

/**
 * The OpenAPI document of the API: the one that is served, and printed to docs/openapi.json.
 * @param modules contexts and operations, whose routes are described
 * @param isServed whether a process serves the routes of a module, by its name. Default: all of them
 */
export const apiDocument = (
  modules: readonly Module[],
  isServed?: (module: string) => boolean,
): object =>
  openApi({
    modules,
    version: versionOfAgora(),
    prefix,
    further: [{ method: 'GET', path: `${prefix}/metrics`, operation: metricsOperation }],
    ...(isServed && { isServed }),
  })
