import { Type, type Static, type TObject, type TSchema } from 'typebox'
import { Nothing, type AnyProjection } from '#kernel'
import type { Origin } from '../runtime/execution.ts'
import type { Access, Caller } from './caller.ts'
import type { Content } from './content.ts'
import type { Ports } from './ports.ts'
import type { IncomingFile, Upload } from './upload.ts'
import type { Signed } from './webhooks.ts'

const Tokens = Type.Object({
  accessToken: Type.String({ description: 'Send it as `Authorization: Bearer …`; 15 minutes' }),
  refreshToken: Type.String({ description: 'Keep it safe; gets a new access token' }),
})

/** Freshness of an answer: queries that wait for this position see it. */
const Meta = Type.Object({
  position: Type.Optional(Type.String({ description: 'Position of the log; for `?minPosition=`' })),
  partial: Type.Optional(
    Type.Array(Type.String(), { description: 'The parts that were not available in time' }),
  ),
})

/** Schema of the body of a success. @param tokens whether the body has tokens */
export const successOf = <D extends TSchema>(data: D, tokens = false) =>
  Type.Object({
    success: Type.Literal(true),
    data,
    meta: Meta,
    ...(tokens && { tokens: Tokens }),
  })

/** HTTP methods of routes. */
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** An RPC of gRPC that is a route by another door. */
export type Rpc = {
  /** Its full name: `agora.user.v1.UserService/FollowUser`. */
  readonly name: string
  /** Path parameters that the RPC fixes; all others are fields of its request. Default: none. */
  readonly params?: Readonly<Record<string, string>>
}

/** A route, as data. */
export type Route<
  P extends TObject,
  Q extends TObject,
  B extends TObject,
  D extends TSchema,
  A extends Access,
> = {
  readonly method: Method
  /** Path below the prefix: `/orders/:id`. */
  readonly url: string
  readonly access: A
  readonly operationId: string
  readonly summary: string
  readonly description?: string
  readonly params?: P
  readonly query?: Q
  readonly body?: B
  /** A valid body. */
  readonly example?: unknown
  /** Files as the body of the request, instead of JSON. */
  readonly upload?: Upload
  /** Whether a success is `content` of the answer, not JSON. */
  readonly binary?: boolean
  /** Schema of `data` in a success. */
  readonly data: D
  /** The status of a success. Default: 200. */
  readonly status?: 200 | 201 | 202 | 302
  /** Whether it answers with 200 instead where what it creates was there already: `wasThere` of the answer. */
  readonly finds?: boolean
  /** Problems beyond those that every route of its kind has. */
  readonly problems?: readonly (401 | 403 | 404 | 409 | 413 | 415 | 416 | 507)[]
  /** Whether the route takes `If-Match`: it runs only if the resource has the same revision. */
  readonly guarded?: boolean
  /**
   * The answer is the same for all callers, and depends on these read models alone, which hold no secrets and no personal
   * data: it may be cached until an event changes one of them.
   */
  readonly shared?: readonly AnyProjection[]
  /** Whether it takes a form as well, whose fields are ignored: mail programs send one by a click (RFC 8058). */
  readonly oneClick?: boolean
  /** Whether the answer has tokens as well. */
  readonly tokens?: boolean
  /** Whether the request or answer has secrets: its receipt is encrypted, as it is for tokens. */
  readonly sealed?: boolean
  /** Further paths of the same route, not documented. */
  readonly aliases?: readonly string[]
  /** RPCs that are this route over gRPC: their messages have the fields of its schemas. */
  readonly rpcs?: readonly Rpc[]
  /** Whether the route is served outside the API's prefix as well: `/health`. */
  readonly atRoot?: boolean
  /** Whether browsers navigate to this route: they get problems as pages. */
  readonly visited?: boolean
  /** Whether the answer is `data` alone, without the envelope, as other standards require. */
  readonly bare?: boolean
  /** Schema of a whole success, where it is more than the envelope around `data`. */
  readonly success?: TSchema
  /** Whether the rate limit ignores the route. */
  readonly unlimited?: boolean
  /**
   * Whether other processes of Agora may call the route as well. Below `/registry/` only: a gateway forwards clients'
   * requests to all other paths with its own signature.
   */
  readonly internal?: boolean
}

/** A request, as handlers receive it. */
export type Asked<P, Q, B, A extends Access> = Signed & {
  readonly params: P
  readonly query: Q
  readonly body: B
  /** Files of the request, for a route that declares `upload`: one after the other, as they arrive. */
  readonly files: AsyncIterable<IncomingFile>
  readonly caller: A extends 'public' | 'internal' ? Caller | undefined : Caller
  /** Why the token of the request was rejected; undefined without a token. */
  readonly notSignedIn: Error | undefined
  readonly origin: Origin
  /** Options for `execute`: the revision of `If-Match`. */
  readonly expecting: { readonly expectedRevision?: number }
  readonly ip: string
  /** Whether the caller may see details of Agora's health. */
  readonly isNear: boolean
  readonly userAgent: string | undefined
  /** The query string as sent, with its question mark; empty without one. */
  readonly search: string
  /** Whether the client prefers a page: a browser that navigated here. */
  readonly wantsPage: boolean
  /** Returns a cookie of the request. It must not authorise a change before `mustBeOurs` has accepted the request. */
  readonly cookie: (name: string) => string | undefined
  /** Accepts only requests sent by a page of Agora. @throws Problem 403 */
  readonly mustBeOurs: () => void
}

/** A success, as handlers return it. */
export type Answer<D> = {
  readonly data: D
  /** Sent instead of `data`, by a `binary` route. */
  readonly content?: Content
  /** Position up to which the answer includes all events. */
  readonly position?: bigint
  /** The parts that were not available in time. */
  readonly partial?: readonly string[]
  /** Whether a route that `finds` has created nothing. */
  readonly wasThere?: boolean
  /** Revision of the resource; its entity tag. */
  readonly revision?: number
  readonly location?: string
  /** Redirects a browser to this URL or path (302), instead of an answer. */
  readonly redirect?: string
  /** The `Cache-Control` header. Default: none. */
  readonly cacheControl?: string
  /** Cookies to set. */
  readonly cookies?: readonly string[]
  readonly tokens?: Static<typeof Tokens>
}

/** A route with its handler, its types erased: what an edge serves and documents. */
export type AnyRoute = Route<TObject, TObject, TObject, TSchema, Access> & {
  readonly handle: (asked: never, ports: Ports) => Promise<Answer<unknown>>
  /** Verifies the signature of a request; its parameters are not validated yet. @throws Problem */
  readonly verify?:
    | ((asked: Signed & { readonly params: unknown }, ports: Ports) => void)
    | undefined
}

/**
 * Declares a route with its handler. Types, validation, access and documentation follow from the declaration; the
 * handler receives the request and the ports.
 */
export const route = <
  D extends TSchema,
  A extends Access,
  P extends TObject = typeof Nothing,
  Q extends TObject = typeof Nothing,
  B extends TObject = typeof Nothing,
>(
  declaration: Route<P, Q, B, D, A> & {
    readonly verify?: AnyRoute['verify']
    readonly handle: (
      asked: Asked<Static<P>, Static<Q>, Static<B>, A>,
      ports: Ports,
    ) => Promise<Answer<Static<D>>>
  },
): AnyRoute => declaration
