import type { HttpDependencies } from '../dependencies.ts'
import type { Ports } from '../../../serving/ports.ts'

/** Everything that routes need. */
export type RouteContext = HttpDependencies & Ports
