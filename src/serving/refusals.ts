import type { Declaration, Refusal } from '#kernel'
import { Problem, type FieldError, type ProblemStatus } from './problem.ts'

/** Reasons that are not "it stands otherwise" (409). The first pattern that fits decides. */
const statuses: readonly (readonly [RegExp, ProblemStatus])[] = [
  [/^NoSuch/, 404],
  [/^Not(Yours|Allowed)$/, 403],
  [/^(MixedCurrencies|TotalTooLarge|EmptyOrder|UnknownLine|OtherCurrency)$/, 400],
]

/** `AlreadyConfirmed` as `already_confirmed`: the code that clients may rely on. */
export const codeOf = (reason: string): string =>
  reason.replace(/(?!^)([A-Z])/g, '_$1').toLowerCase()

/**
 * A refusal of the domain, as HTTP says it.
 * @param decider who refused; it has the sentence for a person
 * @param told a code, sentence and fields that say it better to whom asked
 */
export const refusalProblem = (
  { refusals }: Pick<Declaration, 'refusals'>,
  { refused }: Refusal,
  told: {
    readonly code?: string
    readonly detail?: string
    readonly errors?: readonly FieldError[]
  } = {},
): Problem => {
  const [, status = 409] = statuses.find(([pattern]) => pattern.test(refused)) ?? []
  return new Problem(
    status,
    told.code ?? codeOf(refused),
    told.detail ?? refusals[refused] ?? 'This cannot be done now.',
    told.errors,
  )
}
