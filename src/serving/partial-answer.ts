import { Unavailable } from '../platform/unavailable.ts'

/** Parts of an answer, each with its own source. */
type Parts = Readonly<Record<string, () => Promise<unknown>>>

/** The parts that were read in time. */
export type PartialAnswer<P extends Parts> = {
  readonly found: { readonly [K in keyof P]?: Awaited<ReturnType<P[K]>> }
  /** The parts that were late or whose source was unavailable; undefined when all were read. */
  readonly partial: readonly string[] | undefined
}

const late = Symbol('late')

/**
 * Reads the parts of an answer in parallel, and omits those that are unavailable, behind or too slow: one slow store
 * must not fail a whole page.
 * @param parts reads one part each; any other error is thrown
 * @param options.patience timeout of each part, in ms; default 1,000
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
          if (error instanceof Unavailable) return late
          throw error
        })
        return [name, answer] as const
      }),
    )
    const missing = answers.flatMap(([name, answer]) => (answer === late ? [name] : []))
    return {
      // The names are those of `parts`.
      found: Object.fromEntries(
        answers.filter(([, answer]) => answer !== late),
      ) as PartialAnswer<P>['found'],
      partial: missing.length > 0 ? missing : undefined,
    }
  } finally {
    clearTimeout(timer)
  }
}
