import type { HttpDependencies } from '../dependencies.ts'
import type { AccessTokens } from '../tokens.ts'

/** All that routes need to serve. */
export type RouteContext = HttpDependencies & { readonly tokens: AccessTokens }
