import type { People } from '../callers/people.ts'
import type { HttpDependencies } from '../dependencies.ts'
import type { AccessTokens, Ports } from '../../serving/ports.ts'

/** All that routes need to serve. */
export type RouteContext = HttpDependencies &
  Ports & {
    readonly tokens: AccessTokens
    readonly people: People
  }
