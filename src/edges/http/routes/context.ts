import type { HttpDependencies } from '../dependencies.ts'
import type { Ports } from '../../../serving/ports.ts'

/** Dependencies of the routes. */
export type RouteContext = HttpDependencies & Ports
