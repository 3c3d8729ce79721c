import { Metadata, status as codes, type ServiceError } from '@grpc/grpc-js'
import type { ProblemDetails } from '../../serving/problem-details.ts'
import { titles, type ProblemStatus } from '../../serving/problem.ts'
import type { Contracts } from './contracts.ts'

/** The code of gRPC for each status of a problem (https://google.aip.dev/193, google/rpc/code.proto). */
const codeOfStatus: Readonly<Record<ProblemStatus, codes>> = {
  400: codes.INVALID_ARGUMENT,
  401: codes.UNAUTHENTICATED,
  403: codes.PERMISSION_DENIED,
  404: codes.NOT_FOUND,
  405: codes.UNIMPLEMENTED,
  408: codes.DEADLINE_EXCEEDED,
  // A refusal; a conflict that a repetition may avoid is `ABORTED`.
  409: codes.FAILED_PRECONDITION,
  412: codes.ABORTED,
  413: codes.RESOURCE_EXHAUSTED,
  415: codes.INVALID_ARGUMENT,
  416: codes.OUT_OF_RANGE,
  422: codes.INVALID_ARGUMENT,
  429: codes.RESOURCE_EXHAUSTED,
  431: codes.RESOURCE_EXHAUSTED,
  500: codes.INTERNAL,
  503: codes.UNAVAILABLE,
  507: codes.RESOURCE_EXHAUSTED,
}

/** Conflicts that a repetition may avoid. */
const transient = new Set(['conflict', 'request_in_progress'])

const isKnown = (status: number): status is ProblemStatus => status in titles

/** Returns the code of gRPC of a problem. */
export const codeOf = ({ status, code }: Pick<ProblemDetails, 'status' | 'code'>): codes =>
  transient.has(code) ? codes.ABORTED : isKnown(status) ? codeOfStatus[status] : codes.UNKNOWN

/** The trailer with the details of an error. */
const detailsKey = 'grpc-status-details-bin'

/** A problem, as an answer of HTTP carries it. */
export type ShownProblem = Pick<ProblemDetails, 'status' | 'code' | 'detail'> & {
  readonly errors?: ProblemDetails['errors']
  readonly traceId?: string
  /** In s. */
  readonly retryAfter?: number | undefined
}

/**
 * Creates the errors of gRPC: the code of the problem's status, and as details a `google.rpc.Status` with the name of the
 * problem (ErrorInfo), its invalid fields (BadRequest) and the delay before a repetition (RetryInfo).
 */
export const statusErrors = ({
  message: typeOf,
}: Pick<Contracts, 'message'>): ((problem: ShownProblem, answer?: Metadata) => ServiceError) => {
  const status = typeOf('google.rpc.Status')
  // The library names the fields of `Any` as they are in its contract.
  const packed = (name: string, value: object) => ({
    type_url: `type.googleapis.com/${name}`,
    value: typeOf(name).serialize(value),
  })
  return (problem, metadata = new Metadata()) => {
    const { detail, errors, traceId, retryAfter } = problem
    const code = codeOf(problem)
    const details = [
      packed('google.rpc.ErrorInfo', {
        reason: problem.code,
        domain: 'agora',
        metadata: { httpStatus: String(problem.status), ...(traceId && { traceId }) },
      }),
      ...(errors
        ? [
            packed('google.rpc.BadRequest', {
              fieldViolations: errors.map(({ field, message }) => ({
                field,
                description: message,
              })),
            }),
          ]
        : []),
      ...(retryAfter === undefined
        ? []
        : [packed('google.rpc.RetryInfo', { retryDelay: { seconds: retryAfter } })]),
    ]
    metadata.set(detailsKey, status.serialize({ code, message: detail, details }))
    return Object.assign(new Error(detail), { code, details: detail, metadata })
  }
}
