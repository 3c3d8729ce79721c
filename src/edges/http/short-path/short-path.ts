import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyContextConfig, FastifyInstance } from 'fastify'
import findMyWay from 'find-my-way'
import { internalHeader } from '../../../platform/security/internal-calls.ts'
import { tokenOf } from '../callers/auth.ts'
import type { Authenticator } from '../../../serving/authenticator.ts'
import { allows, type Caller } from '../../../serving/caller.ts'
import type { Shedding } from '../protection/shedding.ts'
import { hostsOf } from '../protection/not-http.ts'
import { clientAddress } from './client-address.ts'
import { PassedRead, type Passing } from './passed-read.ts'

/** A route whose GET requests are all forwarded. */
type PassedRoute = {
  readonly context: string
  readonly pattern: string
  readonly access: NonNullable<FastifyContextConfig['access']>
}

/** A request target that has one reading only: nothing encoded, and no fragment. */
const plainTarget = /^\/[\w\-.~/]*(?:\?[\w\-.~!$&'()*+,:@=/?]*)?$/

/** Headers with rules that only Fastify's hooks apply. */
const special = [
  internalHeader,
  'origin',
  'expect',
  'upgrade',
  'transfer-encoding',
  'content-length',
  'accept-version',
] as const

const passedRouteOf = (
  { passedOnTo, access = 'public', sealed, internal, rateLimit }: FastifyContextConfig,
  pattern: string,
): PassedRoute | undefined =>
  passedOnTo === undefined || access === 'internal' || internal || sealed || rateLimit === false
    ? undefined
    : { context: passedOnTo, pattern, access }

/** Returns the caller who is admitted, or undefined for an anonymous one; `false` leaves the decision to Fastify's hooks. */
const callerFor = (
  raw: IncomingMessage,
  access: PassedRoute['access'],
  { knownCallerOf }: Pick<Authenticator, 'knownCallerOf'>,
): Caller | undefined | false => {
  const { authorization, cookie } = raw.headers
  if (authorization === undefined && cookie === undefined)
    return access === 'public' ? undefined : false
  try {
    // A cookie is as good as a header here, as a GET changes nothing.
    const carried = tokenOf(raw)
    if (!carried) return access === 'public' ? undefined : false
    const caller = knownCallerOf(carried.token)
    return caller && allows(access, caller) ? caller : false
  } catch {
    return false
  }
}

/**
 * Serves plain reads that another process answers without Fastify, by the same rules: Fastify's objects, hooks and
 * serializers cost more than all that such a request needs. It takes only GET requests to forwarded routes whose caller
 * is cached and admitted, while the process is not overloaded. All others, and every refusal except those of the limits,
 * are left to Fastify. To be called before routes are added.
 * @param options.trustProxy number of trusted proxies in front of this process
 * @param options.idOf returns the correlation id of a request
 */
export const shortPath = (
  app: FastifyInstance,
  passing: Omit<Passing, 'isClosing' | 'shedding'> & { readonly shedding: Shedding },
  {
    authenticator,
    trustProxy,
    router: options,
    idOf,
  }: {
    readonly authenticator: Pick<Authenticator, 'knownCallerOf'>
    readonly trustProxy: boolean | number
    readonly router: { readonly ignoreTrailingSlash: boolean; readonly maxParamLength: number }
    readonly idOf: (raw: IncomingMessage) => string
  },
): void => {
  // All routes, in Fastify's own router: a route served here takes precedence over a forwarded one.
  const router = findMyWay({ ...options, querystringParser: () => undefined })
  const routes = new Map<unknown, PassedRoute>()
  app.addHook('onRoute', ({ method, url, config = {} }) => {
    if (![method].flat().includes('GET')) return
    const found = () => undefined
    router.on('GET', url, found)
    const route = passedRouteOf(config, url)
    if (route) routes.set(found, route)
  })

  let isClosing = false
  app.addHook('preClose', (done) => {
    isClosing = true
    done()
  })
  const shared: Passing = { ...passing, isClosing: () => isClosing }
  const proxies = Number(trustProxy)

  /** Serves a request if it qualifies. @returns whether it does */
  const serve = (raw: IncomingMessage, response: ServerResponse): boolean => {
    const { method, url = '', headers } = raw
    if (method !== 'GET' || isClosing || raw.httpVersion !== '1.1') return false
    if (!plainTarget.test(url) || special.some((name) => headers[name] !== undefined)) return false
    const query = url.indexOf('?')
    const route = routes.get(router.find('GET', query < 0 ? url : url.slice(0, query))?.handler)
    if (!route || hostsOf(raw) !== 1 || passing.shedding.isFull()) return false
    const caller = callerFor(raw, route.access, authenticator)
    if (caller === false) return false
    const { context, pattern } = route
    const read = {
      context,
      route: pattern,
      url,
      correlationId: idOf(raw),
      caller,
      client: clientAddress(raw, proxies),
    }
    new PassedRead(shared, read, raw, response).start()
    return true
  }

  // This listener runs first, and calls Fastify's listeners for all other requests.
  const others = app.server.listeners('request')
  app.server.removeAllListeners('request')
  app.server.on('request', (raw, response) => {
    if (serve(raw, response)) return
    for (const listener of others) listener.call(app.server, raw, response)
  })
}
