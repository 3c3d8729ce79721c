import { setTimeout as pause } from 'node:timers/promises'

/**
 * Asks again and again until the answer is as it should be, and returns it. Failing to get an answer counts as a bad one.
 * @param ask gets an answer
 * @param holds whether the answer is as it should be
 * @param options.patience ms, default 120,000
 * @param options.every ms from one answer to the next question, default 20
 * @throws Error with the last answer when patience is over
 */
export const until = async <T>(
  ask: () => T | Promise<T>,
  holds: (answer: T) => boolean,
  { patience = 120_000, every = 20 }: { readonly patience?: number; readonly every?: number } = {},
): Promise<T> => {
  const deadline = performance.now() + patience
  let last: unknown
  while (performance.now() < deadline) {
    try {
      const answer = await ask()
      if (holds(answer)) return answer
      last = answer
    } catch (error) {
      last = error
    }
    await pause(every)
  }
  const cause = last instanceof Error ? last : undefined
  throw new Error(`It did not come to that; at last there was ${inWords(last)}`, { cause })
}

const inWords = (value: unknown): string =>
  value instanceof Error
    ? value.message
    : (JSON.stringify(value, (_, part: unknown) =>
        typeof part === 'bigint' ? String(part) : part,
      )?.slice(0, 2_000) ?? 'nothing')
