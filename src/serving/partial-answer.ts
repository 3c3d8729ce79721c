import { NotCaughtUp } from '../runtime/reading.ts'
import { Unavailable } from '../platform/unavailable.ts'

/** Parts of an answer, each from elsewhere. */
type Parts = Readonly<Record<string, () => Promise<unknown>>>

/** What has come of them. */
export type PartialAnswer<P extends Parts> = {
  readonly found: { readonly [K in keyof P]?: Awaited<ReturnType<P[K]>> }
  /** The parts that did not come in time, or from somebody who is away; undefined when all came. */
  readonly partial: readonly string[] | undefined
}

const late = Symbol('late')

/**
 * Asks for the parts of an answer at the same time, and makes do without those that are away or take too long: one slow
 * store must not take a whole page with it.
 * @param parts each asks for one; what it throws otherwise is thrown here
 * @param options.patience how long each may take, ms; default 1,000
 */
export const partialAnswer = async <P extends Parts>(
  parts: P,
  { patience = 1_000 }: { readonly patience?: number } = {},
): Promise<PartialAnswer<P>> => {
  const over = Promise.withResolvers<typeof late>()
  const timer = setTimeout(() => over.resolve(late), patience)
  try {
    const answers = await Promise.all(
      Object.entries(parts).map(async ([name, ask]) => {
        const answer = await Promise.race([ask(), over.promise]).catch((error: unknown) => {
          if (error instanceof Unavailable || error instanceof NotCaughtUp) return late
          throw error
        })
        return [name, answer] as const
      }),
    )
    const missing = answers.flatMap(([name, answer]) => (answer === late ? [name] : []))
    return {
      // Each part is under the name that it was asked for by.
      found: Object.fromEntries(
        answers.filter(([, answer]) => answer !== late),
      ) as PartialAnswer<P>['found'],
      partial: missing.length > 0 ? missing : undefined,
    }
  } finally {
    clearTimeout(timer)
  }
}
