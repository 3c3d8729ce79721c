import type { FastifyBaseLogger, FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { Conflict, EventRefused } from '../../platform/storage/event-log/port.ts'
import { NewerVersion } from '../../platform/newer-version.ts'
import { OutOfSpace } from '../../platform/storage/blobs/port.ts'
import { NotCaughtUp, PositionBeyondHead } from '../../runtime/reading.ts'
import { Unavailable } from '../../platform/unavailable.ts'
import { problemPage } from './pages.ts'
import { detailsOf } from '../../serving/problem-details.ts'
import { cookiesOf, invalid, isProblemStatus, Problem } from '../../serving/problem.ts'

/** `Retry-After` of a 503, in seconds. */
const retryAfter = 1

/** `Retry-After` of a request that needs a newer version of Agora, as an upgrade takes longer, in seconds. */
const newerRetryAfter = 5

/** Sentences for the errors that Fastify finds in a request. */
const framework: Readonly<Record<string, readonly [status: 400 | 413 | 415, detail: string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: [413, 'A request may have at most 1 MiB; split it.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [415, 'Send JSON with `Content-Type: application/json`.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: [400, 'The body is empty; send JSON, or no Content-Type.'],
  FST_ERR_CTP_INVALID_JSON_BODY: [400, 'The body is not JSON; look for a missing quote or comma.'],
  FST_ERR_BAD_URL: [400, 'The path is not validly encoded; look for a stray % sign.'],
}

const ofFramework = ({ code, statusCode = 500 }: FastifyError): Problem | undefined => {
  if (statusCode >= 500) return undefined
  const [status, detail] = framework[code] ?? [400, 'This request cannot be read.']
  const codes = { 400: 'malformed_request', 413: 'too_large', 415: 'unsupported_media_type' }
  return new Problem(status, codes[status], detail)
}

/** Codes of problems that a retry may avoid. */
const transient = new Set(['conflict', 'request_in_progress', 'too_many_attempts'])

/** Converts an error to the problem that the client receives. */
export const problemOf = (error: unknown, request: Pick<FastifyRequest, 'headers'>): Problem => {
  if (error instanceof Problem) return error
  if (error instanceof Conflict)
    return request.headers['if-match'] === undefined
      ? new Problem(
          409,
          'conflict',
          'The resource was changed concurrently; try again.',
          undefined,
          { cause: error },
        )
      : new Problem(
          412,
          'revision_mismatch',
          `The resource is at revision ${error.revision} now; read it again, then decide.`,
          [{ field: 'If-Match', message: `does not match "${error.revision}"` }],
          { cause: error },
        )
  if (error instanceof EventRefused)
    return new Problem(400, 'invalid_request', `This cannot be recorded: ${error.message}.`)
  if (error instanceof NewerVersion)
    return new Problem(
      503,
      'newer_version',
      `${error.message} (stream ${error.stream}). A newer version may serve this; try again in a moment.`,
      undefined,
      { cause: error, retryAfter: newerRetryAfter },
    )
  if (error instanceof PositionBeyondHead)
    return invalid('minPosition', `is beyond the end of the log, ${error.head}`)
  if (error instanceof NotCaughtUp)
    return new Problem(
      503,
      'not_caught_up',
      'The read model has not reached this position yet; try again in a moment.',
      undefined,
      { cause: error },
    )
  if (error instanceof OutOfSpace)
    return new Problem(
      507,
      'out_of_space',
      'There is no space left for this; nothing of it was stored.',
      undefined,
      { cause: error },
    )
  if (error instanceof Unavailable)
    return new Problem(
      503,
      'unavailable',
      'A service that Agora depends on is unavailable; try again in a moment.',
      undefined,
      { cause: error },
    )
  const frameworkProblem = error instanceof Error ? ofFramework(error as FastifyError) : undefined
  return (
    frameworkProblem ??
    new Problem(
      500,
      'internal_error',
      'An internal error occurred and was logged; quote the trace id when you report it.',
      undefined,
      { cause: error },
    )
  )
}

/** Returns the headers of a problem, beside those of every answer. */
export const problemHeaders = ({
  statusCode,
  retryAfter: wait,
  allow,
}: Pick<Problem, 'statusCode' | 'retryAfter' | 'allow'>): Record<string, string | number> => ({
  // A client without a token learns the scheme (RFC 9110 §11.6.1).
  ...(statusCode === 401 && { 'www-authenticate': 'Bearer' }),
  ...(allow && { allow: allow.join(', ') }),
  ...(wait !== undefined
    ? { 'retry-after': wait }
    : statusCode === 503 && { 'retry-after': retryAfter }),
  'content-type': 'application/problem+json; charset=utf-8',
})

/** Logs a problem caused by Agora itself (5xx). */
export const logProblem = (
  logger: Pick<FastifyBaseLogger, 'warn' | 'error'>,
  problem: Problem,
  about: {
    readonly correlationId: string
    readonly method: string
    readonly route: string | undefined
    /** The context of the route. */
    readonly service?: string | undefined
  },
): void => {
  if (problem.statusCode < 500) return
  const { cause } = problem
  // What is not ready, or behind, is no error of the code: a stack would say nothing.
  const isExpected =
    cause instanceof NotCaughtUp || (cause === undefined && problem.statusCode !== 500)
  const context = {
    ...(isExpected ? { reason: (cause ?? problem).message } : { err: cause ?? problem }),
    ...about,
    status: problem.statusCode,
  }
  if (problem.statusCode === 500) logger.error(context, 'A request failed')
  else logger.warn(context, `A request was answered with ${problem.statusCode}`)
}

/** Sends a problem (RFC 9457). */
export const sendProblem = (
  reply: FastifyReply,
  problem: Problem,
  traceId: string,
): FastifyReply => {
  const { statusCode } = problem
  return reply
    .code(isProblemStatus(statusCode) ? statusCode : 400)
    .headers(problemHeaders(problem))
    .serializer((body: unknown) => JSON.stringify(body))
    .send(detailsOf(problem, traceId))
}

/**
 * Answers any error with a problem. Internal errors are logged with the correlation id, and the client receives only a
 * general sentence.
 */
export const errorHandler =
  (logger: FastifyBaseLogger) =>
  (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const problem = problemOf(error, request)
    request.transient = transient.has(problem.code)
    const { method, routeOptions, headers, id: correlationId } = request
    const { url: route, config } = routeOptions
    logProblem(logger, problem, { correlationId, method, route, service: config.service })
    const cookies = cookiesOf(error)
    if (cookies) reply.header('set-cookie', cookies)
    return routeOptions.config.visited && headers.accept?.includes('text/html')
      ? problemPage(reply, problem.statusCode, problem.message)
      : sendProblem(reply, problem, request.id)
  }
