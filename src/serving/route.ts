import { Type, type Static, type TObject, type TSchema } from 'typebox'
import { Nothing, type AnyProjection } from '#kernel'
import type { Origin } from '../runtime/execution.ts'
import type { Access, Caller } from './caller.ts'
import type { Ports } from './ports.ts'

const Tokens = Type.Object({
  accessToken: Type.String({ description: 'Send it as `Authorization: Bearer …`; 15 minutes' }),
  refreshToken: Type.String({ description: 'Keep it safe; gets a new access token' }),
})

/** Says how fresh an answer is: queries that wait for this position see it. */
const Meta = Type.Object({
  position: Type.Optional(Type.String({ description: 'Where in the log; for `?minPosition=`' })),
  partial: Type.Optional(
    Type.Array(Type.String(), { description: 'The parts that could not be had just now' }),
  ),
})

/** The body of a success. @param tokens whether tokens come with it */
export const successOf = <D extends TSchema>(data: D, tokens = false) =>
  Type.Object({
    success: Type.Literal(true),
    data,
    meta: Meta,
    ...(tokens && { tokens: Tokens }),
  })

/** The methods of routes. */
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** A route, as data. */
export type Route<
  P extends TObject,
  Q extends TObject,
  B extends TObject,
  D extends TSchema,
  A extends Access,
> = {
  readonly method: Method
  /** Below the prefix: `/orders/:id`. */
  readonly url: string
  readonly access: A
  readonly operationId: string
  readonly summary: string
  readonly description?: string
  readonly params?: P
  readonly query?: Q
  readonly body?: B
  /** A body that would be taken. */
  readonly example?: unknown
  /** What is in `data` of a success. */
  readonly data: D
  /** The status of a success. Default: 200. */
  readonly status?: 200 | 201 | 202 | 302
  /** Problems beyond those that every route of its kind has. */
  readonly problems?: readonly (401 | 403 | 404 | 409)[]
  /** Takes `If-Match`: runs only if the resource has not changed since. */
  readonly guarded?: boolean
  /**
   * The answer is the same for everybody, and comes out of these read models alone, which know no secrets and no persons:
   * it may be kept for others until an event moves one of them.
   */
  readonly shared?: readonly AnyProjection[]
  /** Answers with tokens as well. */
  readonly tokens?: boolean
  /** Takes or gives secrets: what is remembered of it is sealed, as it is for tokens. */
  readonly sealed?: boolean
  /** Further paths under which the same is served, undocumented. */
  readonly aliases?: readonly string[]
  /** Whether it is served outside the prefix of the API as well: `/health`. */
  readonly atRoot?: boolean
  /** Whether browsers come here themselves: problems are pages for them. */
  readonly visited?: boolean
  /** Whether the answer is `data` alone, without the envelope, as other standards want it. */
  readonly bare?: boolean
  /** Schema of a whole success, where it is more than the envelope around `data`. */
  readonly success?: TSchema
  /** Not counted by the rate limit. */
  readonly unlimited?: boolean
  /**
   * Other processes of ours may use it as well. Below `/registry/` only: elsewhere a gateway passes on what anybody asks
   * for, as a process of ours.
   */
  readonly internal?: boolean
}

/** A request, as a handler is given it. */
export type Asked<P, Q, B, A extends Access> = {
  readonly params: P
  readonly query: Q
  readonly body: B
  readonly caller: A extends 'public' | 'internal' ? Caller | undefined : Caller
  /** Why whoever asks is nobody we know, where they came with a token. */
  readonly notSignedIn: Error | undefined
  readonly origin: Origin
  /** Options for `execute`: the revision that `If-Match` asks for. */
  readonly expecting: { readonly expectedRevision?: number }
  readonly ip: string
  /** Whether they may be told in full how Agora is. */
  readonly isNear: boolean
  readonly userAgent: string | undefined
  /** The query as it was sent, with its question mark; empty without one. */
  readonly search: string
  /** Whether the client prefers a page: a browser that was sent here. */
  readonly wantsPage: boolean
  /** A cookie that came along. It must not change anything before `mustBeOurs` has let it pass. */
  readonly cookie: (name: string) => string | undefined
  /** Lets pass only what a page of ours sent. @throws Problem 403 */
  readonly mustBeOurs: () => void
}

/** A success, as a handler says it. */
export type Answer<D> = {
  readonly data: D
  /** Where in the log it is true. */
  readonly position?: bigint
  /** The parts that could not be had just now. */
  readonly partial?: readonly string[]
  /** Of the thing answered with; its entity tag. */
  readonly revision?: number
  readonly location?: string
  /** Sends a browser on to this URL or path (302), instead of an answer. */
  readonly redirect?: string
  /** The `Cache-Control` header. Default: none. */
  readonly cacheControl?: string
  /** Cookies to set. */
  readonly cookies?: readonly string[]
  readonly tokens?: Static<typeof Tokens>
}

/** A route with its handler, its types forgotten: what an edge serves and documents. */
export type AnyRoute = Route<TObject, TObject, TObject, TSchema, Access> & {
  readonly handle: (asked: never, ports: Ports) => Promise<Answer<unknown>>
}

/**
 * Declares a route with its handler. Types, validation, access and documentation follow from the declaration; the
 * handler is given the request and the ports.
 */
export const route = <
  D extends TSchema,
  A extends Access,
  P extends TObject = typeof Nothing,
  Q extends TObject = typeof Nothing,
  B extends TObject = typeof Nothing,
>(
  declaration: Route<P, Q, B, D, A> & {
    readonly handle: (
      asked: Asked<Static<P>, Static<Q>, Static<B>, A>,
      ports: Ports,
    ) => Promise<Answer<Static<D>>>
  },
): AnyRoute => declaration
