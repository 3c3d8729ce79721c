import type { ReadModels } from '../../../runtime/reading.ts'
import type { Reads } from './all-documents.ts'
import type { Answered } from './cached-answer.ts'

/**
 * Computes an answer from read models, with the position that all of its reads include.
 * @param minPosition position that they wait for
 */
export const answeredFrom = async <T>(
  readModels: Pick<ReadModels, 'find'>,
  minPosition: bigint | undefined,
  compute: (reads: Reads) => Promise<T>,
): Promise<Answered<T>> => {
  let least: bigint | undefined
  const onPosition = (position: bigint): void => {
    if (least === undefined || position < least) least = position
  }
  const data = await compute({ readModels, minPosition, onPosition })
  return { data, position: least ?? 0n }
}

/** How old a cached answer may be, in ms: of the present, and of a range that has been over for an hour. */
const lives = { present: 2_000, past: 60_000 } as const

/** Returns how old a cached answer about a range may be, in ms. @param range.to in ms @param now in ms */
export const lifeOf = ({ to }: { readonly to: number }, now: number): number =>
  now - to > 60 * 60_000 ? lives.past : lives.present
