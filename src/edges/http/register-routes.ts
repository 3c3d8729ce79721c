import type {
  FastifyContextConfig,
  FastifyInstance,
  FastifyReply,
  preValidationHookHandler,
} from 'fastify'
import type { TObject, TSchema } from 'typebox'
import { Nothing } from '#kernel'
import { positionHeader } from '../../platform/messaging/request-proxy/port.ts'
import type { Access } from '../../serving/caller.ts'
import type { ProxyRoutes } from './proxy-routes.ts'
import { AskedOf, type Site } from './asked-of.ts'
import { tagOf } from './entity-tags.ts'
import { json } from './response-cache/cached-response.ts'
import { invalid } from '../../serving/problem.ts'
import { successOf, type Answer, type Route } from '../../serving/route.ts'
import type { SharedAnswers } from './response-cache/shared-answers.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether answers carry secrets: their receipts are sealed. */
    sealed?: boolean
    /** The context whose requests are all passed on to the process that serves it. */
    passedOnTo?: string
  }
}

/**
 * The same shape, but nothing has to be there: an answer from a read model that was built by an earlier version, and
 * lacks a field, is better than none.
 */
const lenient = (schema: TSchema): TSchema =>
  JSON.parse(JSON.stringify(schema), (key, value: unknown) =>
    key === 'required' && Array.isArray(value) ? undefined : value,
  )

/** Where no body is declared, every field of one is unknown. @throws Problem */
const saysNothing: preValidationHookHandler = ({ body }, _reply, done) => {
  const nothing = (body ?? undefined) === undefined
  const [name] = typeof body === 'object' && body !== null ? Object.keys(body) : ['body']
  done(
    nothing || name === undefined
      ? undefined
      : invalid(name.slice(0, 200), 'is not known here; leave it out'),
  )
}

/** A body as the bytes that the schema of its route makes of it. */
const serialized = (reply: FastifyReply, body: unknown): Buffer => {
  const made = reply.serialize(body)
  // Serializers for JSON make texts.
  return Buffer.from(typeof made === 'string' ? made : JSON.stringify(body))
}

/** Takes a route and its handler. @param route `tag` names its module */
export type Serve = (
  route: Route<TObject, TObject, TObject, TSchema, Access> & { readonly tag: string },
  handle: (asked: never) => Promise<Answer<unknown>>,
) => void

/** Where a context is served: by this process, by another one that is asked, or not at all. */
export type Place = 'here' | 'nowhere' | ProxyRoutes

/**
 * Routes by declaration: who may, what comes in, what goes out, each said once, for types, checks and documentation.
 * @param prefix before every path: `/api/v1`
 * @param site whose pages are ours
 * @param placed where a context is served; default: here
 * @param answers keeps those that are the same for everybody; default: nobody does
 */
export const registerRoutes =
  (
    app: FastifyInstance,
    prefix: string,
    site: Site,
    placed: (context: string) => Place = () => 'here',
    answers?: Pick<SharedAnswers, 'of'>,
  ): Serve =>
  (route, handle) => {
    const { method, url, access, tag, status } = route
    const { params, query, body, guarded = false, tokens, shared } = route
    const place = placed(tag)
    if (place === 'nowhere') return
    if (shared && (access !== 'public' || method !== 'GET'))
      throw new Error(`${method} ${url} is not the same for everybody`)
    if ((access === 'internal' || route.internal) && !url.startsWith('/registry/'))
      throw new Error(`${method} ${url} would be open to whoever comes through a gateway`)
    const share = shared && answers?.of(shared)
    const success = route.success ?? (route.bare ? route.data : successOf(route.data, tokens))
    const config: FastifyContextConfig = {
      access,
      ...((tokens || route.sealed) && { sealed: true }),
      ...(route.unlimited && { rateLimit: false }),
      ...(route.internal && { internal: true }),
      ...(route.visited && { visited: true }),
      ...(typeof place === 'object' && !share && !route.visited && { passedOnTo: tag }),
    }

    app.route({
      method,
      url: `${prefix}${url}`,
      config,
      // What is kept is pressed once, not for everybody who asks.
      ...(share && { compress: false }),
      schema: {
        querystring: query ?? Nothing,
        ...(params && { params }),
        ...(body && { body }),
        response: { [status ?? 200]: lenient(success) },
      },
      // Before anything that is about what the request says.
      ...(place !== 'here'
        ? {
            preValidation: share
              ? (request, reply) => share(request, reply, () => place.askForAll(request))
              : place.answer,
          }
        : !body && { preValidation: saysNothing }),
      handler: async (request, reply) => {
        // Fastify has checked each part by the very schema that its type here comes from, and the guard has let in
        // nobody without a token where one is asked for.
        const asked = new AskedOf(request, site, guarded) as never
        if (share)
          return share(request, reply, async () => {
            const { data, position, revision } = await handle(asked)
            const at = { ...(position !== undefined && { position: String(position) }) }
            return {
              status: 200,
              headers: {
                'content-type': json,
                ...(position !== undefined && { [positionHeader]: String(position) }),
                ...(revision !== undefined && { etag: tagOf(revision) }),
              },
              body: serialized(reply, { success: true, data, meta: at }),
            }
          })
        const answer = await handle(asked)
        const { data, position, partial, revision, location, cookies, tokens } = answer
        // The gateway keeps it, and has to know up to where it is true.
        if (shared && position !== undefined && request.isInternal)
          reply.header(positionHeader, String(position))
        if (status) reply.code(status)
        if (revision !== undefined && revision >= 0) reply.header('etag', tagOf(revision))
        if (location) reply.header('location', `${prefix}${location}`)
        if (cookies) reply.header('set-cookie', cookies)
        if (answer.cacheControl) reply.header('cache-control', answer.cacheControl)
        if (answer.redirect !== undefined) return reply.redirect(answer.redirect, 302)
        if (route.bare) return data
        const meta = {
          ...(position !== undefined && { position: String(position) }),
          ...(partial && { partial }),
        }
        return { success: true, data, meta, ...(tokens && { tokens }) }
      },
    })
  }
