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
import { sendContent } from './content.ts'
import { invalid } from '../../serving/problem.ts'
import type { Upload } from '../../serving/upload.ts'
import { mustHaveFiles } from './multipart.ts'
import { successOf, type Answer, type Route } from '../../serving/route.ts'
import type { SharedAnswers } from './response-cache/shared-answers.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether answers contain secrets: their receipts are encrypted. */
    sealed?: boolean
    /** Files that the route receives. */
    upload?: Upload
    /** Whether it takes forms, whose fields are ignored. */
    oneClick?: boolean
    /** The context to whose process all requests are forwarded. */
    passedOnTo?: string
    /** The context of the route. */
    service?: string
  }
}

/** Derives one schema from another once, for all paths and servers that a route is registered with. */
const derivedOnce = (derive: (schema: TSchema) => TSchema): ((schema: TSchema) => TSchema) => {
  const derived = new WeakMap<TSchema, TSchema>()
  return (schema) => {
    const known = derived.get(schema) ?? derive(schema)
    derived.set(schema, known)
    return known
  }
}

/**
 * Returns the schema without required fields: an answer from a read model that an earlier version built, and that lacks
 * a field, is better than none.
 */
const lenient = derivedOnce((schema) =>
  JSON.parse(JSON.stringify(schema), (key, value: unknown) =>
    key === 'required' && Array.isArray(value) ? undefined : value,
  ),
)

const success = derivedOnce((data) => successOf(data))
const successWithTokens = derivedOnce((data) => successOf(data, true))

/** Rejects bodies of routes that declare none. @throws Problem */
const mustHaveNoBody: preValidationHookHandler = ({ body }, _reply, done) => {
  const isEmpty = (body ?? undefined) === undefined
  const [name] = typeof body === 'object' && body !== null ? Object.keys(body) : ['body']
  done(
    isEmpty || name === undefined
      ? undefined
      : invalid(name.slice(0, 200), 'is not known here; leave it out'),
  )
}

/** Verifies the signature of a request before its body is validated. */
const verifying =
  (verify: (asked: AskedOf) => void, site: Site): preValidationHookHandler =>
  (request, _reply, done) => {
    try {
      verify(new AskedOf(request, site, false))
      done()
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)))
    }
  }

/** Serializes a body by the schema of its route. */
const serialized = (reply: FastifyReply, body: unknown): Buffer => {
  const text = reply.serialize(body)
  // Serializers for JSON return text.
  return Buffer.from(typeof text === 'string' ? text : JSON.stringify(body))
}

/** Registers a route with its handler. @param route `tag` names its module */
export type Serve = (
  route: Route<TObject, TObject, TObject, TSchema, Access> & { readonly tag: string },
  handle: (asked: never) => Promise<Answer<unknown>>,
  verify?: (asked: AskedOf) => void,
) => void

/** Where a context is served: by this process, by another one, or not by this server. */
export type Place = 'here' | 'nowhere' | ProxyRoutes

/**
 * Registers routes from their declarations: access, validation, serialization and documentation.
 * @param prefix prefix of every path: `/api/v1`
 * @param site settings that decide which pages belong to Agora
 * @param placed where a context is served; default: here
 * @param answers response cache for answers that are the same for all callers; default: none
 */
export const registerRoutes =
  (
    app: FastifyInstance,
    prefix: string,
    site: Site,
    placed: (context: string) => Place = () => 'here',
    answers?: Pick<SharedAnswers, 'of'>,
  ): Serve =>
  (route, handle, verify) => {
    const { method, url, access, tag, status } = route
    const { params, query, body, guarded = false, tokens, shared } = route
    const place = placed(tag)
    if (place === 'nowhere') return
    if (shared && (access !== 'public' || method !== 'GET'))
      throw new Error(`${method} ${url} is not public or not a GET, and cannot be shared`)
    if ((access === 'internal' || route.internal) && !url.startsWith('/registry/'))
      throw new Error(
        `${method} ${url} is outside /registry/, where gateways forward requests of any client`,
      )
    const share = shared && answers?.of(shared)
    const answerSchema =
      route.success ??
      (route.bare ? route.data : tokens ? successWithTokens(route.data) : success(route.data))
    const config: FastifyContextConfig = {
      access,
      service: tag,
      operation: route.operationId,
      ...((tokens || route.sealed) && { sealed: true }),
      ...(verify && { signed: true }),
      ...(route.unlimited && { rateLimit: false }),
      ...(route.internal && { internal: true }),
      ...(route.visited && { visited: true }),
      ...(route.upload && { upload: route.upload }),
      ...(route.oneClick && { oneClick: true }),
      ...(typeof place === 'object' && !share && !route.visited && { passedOnTo: tag }),
    }

    app.route({
      method,
      url: `${prefix}${url}`,
      config,
      // Cached answers are compressed once, not for each request; ranges count the bytes as they are stored.
      ...((share || route.binary) && { compress: false }),
      schema: {
        querystring: query ?? Nothing,
        ...(params && { params }),
        ...(body && { body }),
        response: {
          [status ?? 200]: lenient(answerSchema),
          ...(route.finds && { 200: lenient(answerSchema) }),
        },
      },
      // Before the validation of the request.
      ...(place !== 'here'
        ? {
            preValidation: share
              ? (request, reply) => share(request, reply, () => place.askForAll(request))
              : place.answer,
          }
        : verify
          ? { preValidation: verifying(verify, site) }
          : !body && { preValidation: route.upload ? mustHaveFiles : mustHaveNoBody }),
      handler: async (request, reply) => {
        // Fastify has validated each part by the schema that its type derives from, and the guard has admitted no anonymous
        // caller where the route requires one.
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
        if (answer.content) return sendContent(request, reply, answer.content)
        const { data, position, partial, revision, location, cookies, tokens } = answer
        // The gateway caches the answer, and needs its position.
        if (shared && position !== undefined && request.isInternal)
          reply.header(positionHeader, String(position))
        if (status) reply.code(route.finds && answer.wasThere ? 200 : status)
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
