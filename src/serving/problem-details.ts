import { Type, type Static } from 'typebox'
import { FieldError, titles, type Problem } from './problem.ts'

/** Schema of every answer that is not a success (RFC 9457). */
export const ProblemDetails = Type.Object(
  {
    success: Type.Literal(false),
    type: Type.String({ description: 'Identifies the kind of problem; follows from `code`' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: 'The cause, and how to proceed' }),
    code: Type.String({ description: 'The stable name of the problem' }),
    errors: Type.Optional(Type.Array(FieldError)),
    traceId: Type.String({ description: 'The correlation id of the request, for support' }),
  },
  {
    $id: 'Problem',
    examples: [
      {
        success: false,
        type: 'urn:agora:problem:invalid_request',
        title: 'Bad request',
        status: 400,
        detail: 'items[0].quantity must be at least 1.',
        code: 'invalid_request',
        errors: [{ field: 'items[0].quantity', message: 'must be at least 1' }],
        traceId: '0198c2d4-6f0e-7c3a-9a51-0f6c7f1f3a11',
      },
    ],
  },
)
export type ProblemDetails = Static<typeof ProblemDetails>

/** Creates the body of a problem. @param traceId the request's correlation id */
export const detailsOf = (problem: Problem, traceId: string): ProblemDetails => ({
  success: false,
  type: `urn:agora:problem:${problem.code}`,
  title: titles[problem.statusCode],
  status: problem.statusCode,
  detail: problem.message,
  code: problem.code,
  ...(problem.errors && { errors: [...problem.errors] }),
  traceId,
})
