import { refusalOf, type Declaration, type Refusal, type RefusalKind } from '#kernel'
import { Problem, type FieldError, type ProblemStatus } from './problem.ts'

const statuses: Readonly<Record<RefusalKind, ProblemStatus>> = {
  conflict: 409,
  notFound: 404,
  invalid: 400,
  forbidden: 403,
}

/** Converts a reason to the code that clients rely on: `AlreadyConfirmed` to `already_confirmed`. */
export const codeOf = (reason: string): string =>
  reason.replace(/(?!^)([A-Z])/g, '_$1').toLowerCase()

/**
 * Converts a decider's refusal to the problem that a route answers with.
 * @param decider declares the kind and the sentence of the refusal
 * @param better a more specific code, sentence and fields
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
