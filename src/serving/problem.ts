import { Type, type Static } from 'typebox'
import { Fields } from '#kernel'

/** One field of a request, and what is wrong with it. */
export const FieldError = Fields({
  field: Type.String({ description: 'Where it is: `items[0].quantity`' }),
  message: Type.String({ description: 'What to do about it' }),
})
export type FieldError = Static<typeof FieldError>

/** The only statuses that a problem may have, and their titles. */
export const titles = {
  400: 'Bad request',
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not found',
  409: 'Conflict',
  413: 'Too large',
  415: 'Unsupported media type',
  422: 'Key used for something else',
  429: 'Too many requests',
  500: 'Something went wrong',
  503: 'Not available right now',
} as const

/** The status of an answer that is not a success. */
export type ProblemStatus = keyof typeof titles

/** Whether a status may be sent with a problem. */
export const isProblemStatus = (status: number): status is ProblemStatus => status in titles

/** Thrown by whatever serves a request, to answer it with a problem. */
export class Problem extends Error {
  override name = 'Problem'
  readonly statusCode: ProblemStatus
  /** Stable, in snake_case. */
  readonly code: string
  readonly errors: readonly FieldError[] | undefined
  /** Delay before the client should retry, in s. */
  readonly retryAfter: number | undefined
  constructor(
    status: ProblemStatus,
    code: string,
    detail: string,
    errors?: readonly FieldError[],
    options?: ErrorOptions & { readonly retryAfter?: number },
  ) {
    super(detail, options)
    this.statusCode = status
    this.code = code
    this.errors = errors
    this.retryAfter = options?.retryAfter
  }
}

/** The request does not say what it must; names the field and says what to do. */
export const invalid = (field: string, message: string): Problem =>
  new Problem(400, 'invalid_request', `${field} ${message}.`, [{ field, message }])

/** There is no such thing. @param what in words: `order` @param field what it was asked for by, when that is no id */
export const notFound = (what: string, field?: string): Problem =>
  new Problem(
    404,
    'not_found',
    field
      ? `There is no ${what} with this ${field}.`
      : `There is no such ${what}. Look its id up in the list.`,
    field ? [{ field, message: `is no ${what} that we know` }] : undefined,
  )

/** It is there, but not for this user. */
export const forbidden = (detail = 'This belongs to somebody else.'): Problem =>
  new Problem(403, 'forbidden', detail)

const carried = new WeakMap<object, readonly string[]>()

/** Has an answer to a failed request set cookies as well. @returns the error, to be thrown */
export const withCookies = (error: unknown, cookies: readonly string[]): unknown => {
  if (typeof error === 'object' && error !== null) carried.set(error, cookies)
  return error
}

/** The cookies that the answer to a failed request sets; undefined for none. */
export const cookiesOf = (error: unknown): readonly string[] | undefined =>
  typeof error === 'object' && error !== null ? carried.get(error) : undefined
