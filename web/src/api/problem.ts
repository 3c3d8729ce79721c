import type { Problem } from './http-types.ts'

/** A request that the API refused or could not answer (RFC 9457). */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem'
  /** HTTP status; 0 when no answer came. */
  readonly status: number
  /** Stable name of the refusal; `offline` when no answer came. */
  readonly code: string
  /** Faults by field of the request: `items[0].quantity`. */
  readonly errors: readonly { readonly field: string; readonly message: string }[]
  /** Time after which another attempt may succeed, in s. */
  readonly retryAfter: number | undefined
  /** Correlation id for support; empty when no answer came. */
  readonly traceId: string

  constructor(
    status: number,
    { code, detail, errors = [], traceId = '' }: Partial<Problem>,
    retryAfter?: number,
  ) {
    super(detail ?? '')
    this.status = status
    this.code = code ?? 'unknown'
    this.errors = errors
    this.traceId = traceId
    this.retryAfter = retryAfter
  }
}

const isProblem = (body: unknown): body is Problem =>
  typeof body === 'object' && body !== null && 'code' in body && 'detail' in body

/** Returns the problem in an answer; a body that is none, such as a proxy's page, is not shown. */
export const problemOf = ({ status, headers }: Response, body: unknown): ApiProblem => {
  const after = Number(headers.get('retry-after') ?? Number.NaN)
  return new ApiProblem(
    status,
    isProblem(body) ? body : { code: status >= 500 ? 'unavailable' : 'unknown' },
    Number.isFinite(after) ? after : undefined,
  )
}

/** Returns the problem of a request that got no answer. */
export const offlineProblem = (): ApiProblem => new ApiProblem(0, { code: 'offline' })

/** Whether another attempt may succeed without another input: an outage, or no connection. */
export const isOutage = (error: unknown): error is ApiProblem =>
  error instanceof ApiProblem && (error.status === 0 || error.status >= 502)

/** Whether the API refused fields of a request; a form shows these faults. */
export const hasFaults = (error: unknown): error is ApiProblem =>
  error instanceof ApiProblem && error.errors.length > 0

/** Whether an answer settles what a command did: after an outage, or while the same command is served, nothing is known. */
export const isFinal = (error: unknown): boolean =>
  error instanceof ApiProblem &&
  error.status >= 400 &&
  error.status < 500 &&
  ![401, 408, 429].includes(error.status) &&
  error.code !== 'request_in_progress'

/** Whether the API answered that something does not exist, or may not be seen. */
export const isNotFound = (error: unknown): boolean =>
  error instanceof ApiProblem && (error.status === 404 || error.status === 403)
