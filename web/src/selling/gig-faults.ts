import { ApiProblem } from '../api/problem.ts'

/**
 * Returns a problem whose faults are at the fields of the form for gigs: packages share the field of the currency, and the
 * parts of a price are one field.
 */
export const gigFaults = (error: Error | null): Error | null =>
  error instanceof ApiProblem
    ? new ApiProblem(
        error.status,
        {
          code: error.code,
          detail: error.message,
          traceId: error.traceId,
          errors: error.errors.map(({ field, message }) => ({ field: fieldOf(field), message })),
        },
        error.retryAfter,
      )
    : error

const fieldOf = (path: string): string =>
  path
    .replace(/^packages\[\d+\]\.price\.currency$/, 'currency')
    .replace(/^(packages\[\d+\]\.price)\.amount$/, '$1')
    .replace(/^tags\[\d+\]$/, 'tags')
