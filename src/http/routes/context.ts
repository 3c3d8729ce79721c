import type { People } from '../../domains/identity/services/authenticator.ts'
import type { HttpDependencies } from '../dependencies.ts'
import type { AccessTokens, Ports } from '../../serving/ports.ts'

/** All that routes need to serve. */
export type RouteContext = HttpDependencies &
  Ports & {
    readonly tokens: AccessTokens
    readonly people: People
  }
