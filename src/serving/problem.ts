import { Type, type Static } from 'typebox'
import { Fields } from '#kernel'

/** A field of a request, and its fault. */
export const FieldError = Fields({
  field: Type.String({ description: 'Path of the field: `items[0].quantity`' }),
  message: Type.String({ description: 'How to correct it' }),
})
export type FieldError = Static<typeof FieldError>

/** Titles by status; problems have no other statuses. */
export const titles = {
  400: 'Bad request',
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  408: 'Request timeout',
  409: 'Conflict',
  412: 'Changed meanwhile',
  413: 'Too large',
  415: 'Unsupported media type',
  416: 'No such part',
  422: 'Key used for something else',
  429: 'Too many requests',
  431: 'Headers too large',
  500: 'Something went wrong',
  503: 'Not available right now',
  507: 'Out of space',
} as const

/** The status of an answer that is not a success. */
export type ProblemStatus = keyof typeof titles

/** Whether a status may be sent with a problem. */
export const isProblemStatus = (status: number): status is ProblemStatus => status in titles

/** An error that is answered with a problem. */
export class Problem extends Error {
  override name = 'Problem'
  readonly statusCode: ProblemStatus
  /** Stable, in snake_case. */
  readonly code: string
  readonly errors: readonly FieldError[] | undefined
  /** Delay before the client should retry, in s. */
  readonly retryAfter: number | undefined
  /** Methods of the resource, for `Allow`. */
  readonly allow: readonly string[] | undefined
  constructor(
    status: ProblemStatus,
    code: string,
    detail: string,
    errors?: readonly FieldError[],
    options?: ErrorOptions & { readonly retryAfter?: number; readonly allow?: readonly string[] },
  ) {
    super(detail, options)
    this.statusCode = status
    this.code = code
    this.errors = errors
    this.retryAfter = options?.retryAfter
    this.allow = options?.allow
  }
}

/** Creates a problem for an invalid field. @param message the correction, without its subject */
export const invalid = (field: string, message: string): Problem =>
  new Problem(400, 'invalid_request', `${field} ${message}.`, [{ field, message }])

/** Creates a problem for something that does not exist. @param what in words: `order` @param field the lookup field, unless an id */
export const notFound = (what: string, field?: string): Problem =>
  new Problem(
    404,
    'not_found',
    field
      ? `There is no ${what} with this ${field}.`
      : `There is no such ${what}. Look its id up in the list.`,
    field ? [{ field, message: `is no ${what} that we know` }] : undefined,
  )

/** Creates a problem for something that belongs to another user. */
export const forbidden = (detail = 'This belongs to another user.'): Problem =>
  new Problem(403, 'forbidden', detail)

const cookiesByError = new WeakMap<object, readonly string[]>()

/** Adds cookies to the answer to a failed request. @returns the error, to be thrown */
export const withCookies = (error: unknown, cookies: readonly string[]): unknown => {
  if (typeof error === 'object' && error !== null) cookiesByError.set(error, cookies)
  return error
}

/** Returns the cookies that the answer to a failed request sets; undefined for none. */
export const cookiesOf = (error: unknown): readonly string[] | undefined =>
  typeof error === 'object' && error !== null ? cookiesByError.get(error) : undefined
