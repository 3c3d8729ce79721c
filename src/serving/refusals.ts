import { refusalOf, type Declaration, type Refusal, type RefusalKind } from '#kernel'
import { Problem, type FieldError, type ProblemStatus } from './problem.ts'

const statuses: Readonly<Record<RefusalKind, ProblemStatus>> = {
  conflict: 409,
  notFound: 404,
  invalid: 400,
  forbidden: 403,
}

/** `AlreadyConfirmed` as `already_confirmed`: the code that clients may rely on. */
export const codeOf = (reason: string): string =>
  reason.replace(/(?!^)([A-Z])/g, '_$1').toLowerCase()

/**
 * A refusal of a decider as the problem that a route answers with.
 * @param decider declares the refusal's kind and sentence
 * @param better a code, sentence and fields that suit the caller better
 */
export const refusalProblem = (
  decider: Pick<Declaration, 'refusals'>,
  { refused }: Refusal,
  better: {
    readonly code?: string
    readonly detail?: string
    readonly errors?: readonly FieldError[]
  } = {},
): Problem => {
  const { kind, message } = refusalOf(decider, refused)
  return new Problem(
    statuses[kind],
    better.code ?? codeOf(refused),
    better.detail ?? message,
    better.errors,
  )
}
