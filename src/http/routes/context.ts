import type { People } from '../auth-people.ts'
import type { HttpDependencies } from '../dependencies.ts'
import type { AccessTokens } from '../tokens.ts'

/** All that routes need to serve. */
export type RouteContext = HttpDependencies & {
  readonly tokens: AccessTokens
  readonly people: People
}
