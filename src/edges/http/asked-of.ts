import type { FastifyRequest } from 'fastify'
import { cookieIn } from '../../platform/security/cookies.ts'
import type { Origin } from '../../runtime/execution.ts'
import type { Asked } from '../../serving/route.ts'
import { mustBeSameOrigin } from './callers/csrf.ts'
import type { HttpConfig } from './dependencies.ts'
import { hasDiagnosticsAccess } from './diagnostics-access.ts'
import { expectedRevisionOf } from './entity-tags.ts'
import { filesOf } from './multipart.ts'

/** Settings that decide which pages belong to Agora, and who has diagnostics access. */
export type Site = Pick<HttpConfig, 'corsOrigins' | 'publicUrl' | 'metricsToken'>

const empty = new Uint8Array()

/** Origin of the commands of a request. With an idempotency key, the command id is the same for every repetition. */
const originOf = (request: FastifyRequest): Origin => ({
  commandId: request.commandId,
  actorId: request.caller?.id ?? 'anonymous',
  correlationId: request.id,
  ...(request.span && { span: request.span }),
  ...(request.claim && { onRecorded: request.claim.onRecorded }),
})

/** A request, as handlers receive it; its parts are computed on first access, as most handlers need few of them. */
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
  get files() {
    return filesOf(this.#request)
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
  get rawBody() {
    return this.#request.rawBody ?? empty
  }
  get header() {
    const { headers } = this.#request
    return (name: string) => {
      const value = headers[name]
      return Array.isArray(value) ? value.join(',') : value
    }
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
