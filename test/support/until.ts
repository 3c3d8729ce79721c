import { setTimeout as pause } from 'node:timers/promises'

/**
 * Polls until a condition holds for the answer, and returns the answer. An error counts as an answer for which it does not.
 * @param ask gets an answer
 * @param holds the condition
 * @param options.patience timeout in ms, default 120,000
 * @param options.every ms between an answer and the next call; default: a tenth of the time waited so far, from 20 to 250,
 *   as a question costs CPU time that what is waited for may need
 * @throws Error with the last answer after the timeout
 */
export const until = async <T>(
  ask: () => T | Promise<T>,
  holds: (answer: T) => boolean,
  { patience = 120_000, every }: { readonly patience?: number; readonly every?: number } = {},
): Promise<T> => {
  const since = performance.now()
  const deadline = since + patience
  let last: unknown
  while (performance.now() < deadline) {
    try {
      const answer = await ask()
      if (holds(answer)) return answer
      last = answer
    } catch (error) {
      last = error
    }
    await pause(every ?? Math.min(250, Math.max(20, (performance.now() - since) / 10)))
  }
  const cause = last instanceof Error ? last : undefined
  throw new Error(`The condition did not hold in time; the last answer was ${inWords(last)}`, {
    cause,
  })
}

const inWords = (value: unknown): string =>
  value instanceof Error
    ? value.message
    : (JSON.stringify(value, (_, part: unknown) =>
        typeof part === 'bigint' ? String(part) : part,
      )?.slice(0, 2_000) ?? 'nothing')
