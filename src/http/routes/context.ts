import type { Cursors } from '../cursors.ts'
import type { People } from '../callers/people.ts'
import type { HttpDependencies } from '../dependencies.ts'
import type { AccessTokens } from '../callers/tokens.ts'

/** All that routes need to serve. */
export type RouteContext = HttpDependencies & {
  readonly tokens: AccessTokens
  readonly people: People
  readonly cursors: Cursors
}
