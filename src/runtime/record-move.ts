import { Conflict, type Append, type EventLog } from '../platform/storage/event-log/port.ts'
import { Unavailable } from '../platform/unavailable.ts'
import type { Draft } from './drafts.ts'

/** What is recorded together with a move, in this order: drafts of commands, and the moves that these lead to. */
export type Following = readonly (Draft | { readonly append: Append })[]

/**
 * Records a saga's move, in one append with what follows from it where the log takes all of that, else alone. Every
 * draft has been committed or released afterwards.
 * @param followingOf gives what follows from the move; not called where the log cannot append together
 * @returns whether what follows was recorded with the move, and the position of the last that was recorded
 * @throws Conflict when the stream is not where the move expects it, also where this very move was recorded before: the
 *   stream says what came of it, and has to be read before anything is sent
 * @throws what else `append` throws of the move
 */
export const recordMove = async (
  log: Pick<EventLog, 'append' | 'appendTogether'>,
  move: Append,
  followingOf: () => Following,
): Promise<{ readonly isTogether: boolean; readonly position: bigint }> => {
  const { appendTogether } = log
  if (appendTogether) {
    const following = followingOf()
    const position =
      following.length > 0 ? await recordTogether(appendTogether, move, following) : undefined
    if (position !== undefined) return { isTogether: true, position }
  }
  const { revision, position, before } = await log.append(move.stream, move.expected, move.events)
  if (before) throw new Conflict(move.stream, move.expected, revision)
  return { isTogether: false, position }
}

/** @returns undefined where nothing was recorded, though the move alone may be taken */
const recordTogether = async (
  appendTogether: NonNullable<EventLog['appendTogether']>,
  move: Append,
  following: Following,
): Promise<bigint | undefined> => {
  const release = (isStale: (index: number) => boolean): void =>
    following.forEach((one, index) => {
      if ('release' in one) one.release(isStale(index))
    })
  // A group takes what was recorded before: only a check refuses a move that is in its stream already.
  const check: Append = { ...move, events: [] }
  const outcome = await appendTogether([
    check,
    move,
    ...following.map(({ append }) => append),
  ]).catch((error: unknown) => {
    const isAway = error instanceof Unavailable
    release(() => isAway)
    if (isAway) throw error
    // The log does not take some event: that one fails alone then.
    return undefined
  })
  if (!outcome) return undefined
  if (outcome.recorded) {
    following.forEach((one, index) => {
      if ('commit' in one) one.commit(outcome.appended[index + 2]!)
    })
    return outcome.appended.at(-1)!.position
  }
  const [moved, own, ...others] = outcome.conflicts
  const conflict = moved ?? own
  release((index) => others[index] !== undefined)
  if (conflict) throw conflict
  return undefined
}
