import type { FastifyRequest } from 'fastify'
import { cookieIn } from '../../platform/security/cookies.ts'
import type { Origin } from '../../runtime/execution.ts'
import type { Asked } from '../../serving/route.ts'
import { mustBeSameOrigin } from './callers/csrf.ts'
import type { HttpConfig } from './dependencies.ts'
import { hasDiagnosticsAccess } from './diagnostics-access.ts'
import { expectedRevisionOf } from './entity-tags.ts'

/** What tells whose pages are ours, and who may look inside. */
export type Site = Pick<HttpConfig, 'corsOrigins' | 'publicUrl' | 'metricsToken'>

/** What a request is marked with on its way through the domain. A key makes its command known again. */
const originOf = (request: FastifyRequest): Origin => ({
  commandId: request.commandId,
  actorId: request.caller?.id ?? 'anonymous',
  correlationId: request.id,
  ...(request.claim && { onRecorded: request.claim.onRecorded }),
})

/** What handlers may ask of a request; most ask for little of it, and the rest is made only then. */
export class AskedOf implements Asked<unknown, unknown, unknown, 'public'> {
  readonly #request: FastifyRequest
  readonly #site: Site
  readonly #guarded: boolean

  constructor(request: FastifyRequest, site: Site, guarded: boolean) {
    this.#request = request
    this.#site = site
    this.#guarded = guarded
  }
  get params() {
    return this.#request.params
  }
  get query() {
    return this.#request.query
  }
  get body() {
    return this.#request.body
  }
  get caller() {
    return this.#request.caller
  }
  get notSignedIn() {
    const { notSignedIn } = this.#request
    return notSignedIn instanceof Error ? notSignedIn : undefined
  }
  get origin() {
    return originOf(this.#request)
  }
  get expecting() {
    return this.#guarded ? expectedRevisionOf(this.#request) : {}
  }
  get ip() {
    return this.#request.ip
  }
  get isNear() {
    return hasDiagnosticsAccess(this.#request, this.#site)
  }
  get search() {
    const { url } = this.#request
    const at = url.indexOf('?')
    return at < 0 ? '' : url.slice(at)
  }
  get wantsPage() {
    return this.#request.headers.accept?.includes('text/html') ?? false
  }
  get userAgent() {
    return this.#request.headers['user-agent']
  }
  get cookie() {
    const { cookie } = this.#request.headers
    return (name: string) => cookieIn(cookie, name)
  }
  get mustBeOurs() {
    const [request, site] = [this.#request, this.#site]
    return () => mustBeSameOrigin(request, site)
  }
}
