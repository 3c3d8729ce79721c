import type { FastifyBaseLogger, FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { Conflict, EventRefused } from '../../platform/storage/event-log/port.ts'
import { NewerVersion } from '../../platform/newer-version.ts'
import { NotCaughtUp } from '../../runtime/reading.ts'
import { Unavailable } from '../../platform/unavailable.ts'
import { problemPage } from './pages.ts'
import { detailsOf } from '../../serving/problem-details.ts'
import { cookiesOf, isProblemStatus, Problem } from '../../serving/problem.ts'

/** How long a client had better wait before it asks again, in seconds. */
const retryAfter = 1

/** The same where a newer version of Agora has to serve it: an upgrade takes its time. */
const newerRetryAfter = 5

/** What Fastify itself finds wrong with a request, in words that help. */
const framework: Readonly<Record<string, readonly [status: 400 | 413 | 415, detail: string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: [413, 'A request may weigh 1 MiB at the most; send less at once.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [415, 'Send JSON, and say so: `Content-Type: application/json`.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: [400, 'The body is empty; send JSON, or no Content-Type.'],
  FST_ERR_CTP_INVALID_JSON_BODY: [400, 'The body is not JSON; look for a missing quote or comma.'],
  FST_ERR_BAD_URL: [400, 'The path is not encoded as it must be; look for a stray % sign.'],
}

const ofFramework = ({ code, statusCode = 500 }: FastifyError): Problem | undefined => {
  if (statusCode >= 500) return undefined
  const [status, detail] = framework[code] ?? [400, 'This request cannot be read.']
  const codes = { 400: 'malformed_request', 413: 'too_large', 415: 'unsupported_media_type' }
  return new Problem(status, codes[status], detail)
}

/** Problems that a second try may not meet. */
const transient = new Set(['conflict', 'request_in_progress', 'too_many_attempts'])

/** Anything thrown on the way, as the client is told of it. */
export const problemOf = (error: unknown, request: Pick<FastifyRequest, 'headers'>): Problem => {
  if (error instanceof Problem) return error
  if (error instanceof Conflict)
    return request.headers['if-match'] === undefined
      ? new Problem(
          409,
          'conflict',
          'Others changed the same thing at the same time; try again.',
          undefined,
          { cause: error },
        )
      : new Problem(
          409,
          'revision_mismatch',
          `It is at revision ${error.revision} by now; read it again, then decide.`,
          [{ field: 'If-Match', message: `does not match "${error.revision}"` }],
          { cause: error },
        )
  if (error instanceof EventRefused)
    return new Problem(400, 'invalid_request', `This cannot be recorded: ${error.message}.`)
  if (error instanceof NewerVersion)
    return new Problem(
      503,
      'newer_version',
      `${error.message} (stream ${error.stream}). A newer version may serve this; ask again in a moment.`,
      undefined,
      { cause: error, retryAfter: newerRetryAfter },
    )
  if (error instanceof NotCaughtUp)
    return new Problem(
      503,
      'not_caught_up',
      'What was asked for is not readable yet; ask again in a moment.',
      undefined,
      { cause: error },
    )
  if (error instanceof Unavailable)
    return new Problem(
      503,
      'unavailable',
      'Something that Agora needs is away; ask again in a moment.',
      undefined,
      { cause: error },
    )
  const told = error instanceof Error ? ofFramework(error as FastifyError) : undefined
  return (
    told ??
    new Problem(
      500,
      'internal_error',
      'Something went wrong on our side. It was noted; quote the trace id when you ask about it.',
      undefined,
      { cause: error },
    )
  )
}

/** The headers that a problem is sent with, beside those of every answer. */
export const problemHeaders = ({
  statusCode,
  retryAfter: wait,
}: Pick<Problem, 'statusCode' | 'retryAfter'>): Record<string, string | number> => ({
  // A client without a token is told how to send one (RFC 9110 §11.6.1).
  ...(statusCode === 401 && { 'www-authenticate': 'Bearer' }),
  ...(wait !== undefined
    ? { 'retry-after': wait }
    : statusCode === 503 && { 'retry-after': retryAfter }),
  'content-type': 'application/problem+json; charset=utf-8',
})

/** Logs a problem that is our fault; any other is the client's business. */
export const noteProblem = (
  logger: Pick<FastifyBaseLogger, 'warn' | 'error'>,
  problem: Problem,
  about: {
    readonly correlationId: string
    readonly method: string
    readonly route: string | undefined
  },
): void => {
  if (problem.statusCode < 500) return
  const context = { err: problem.cause ?? problem, ...about }
  if (problem.statusCode === 500) logger.error(context, 'A request failed')
  else logger.warn(context, 'A request has to wait')
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
 * Answers whatever was thrown with a problem. What is our fault is written down with the request's correlation id and
 * told to the client in general terms only.
 */
export const errorHandler =
  (logger: FastifyBaseLogger) =>
  (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const problem = problemOf(error, request)
    request.transient = transient.has(problem.code)
    const { method, routeOptions, headers, id: correlationId } = request
    noteProblem(logger, problem, { correlationId, method, route: routeOptions.url })
    const cookies = cookiesOf(error)
    if (cookies) reply.header('set-cookie', cookies)
    return routeOptions.config.visited && headers.accept?.includes('text/html')
      ? problemPage(reply, problem.statusCode, problem.message)
      : sendProblem(reply, problem, request.id)
  }
