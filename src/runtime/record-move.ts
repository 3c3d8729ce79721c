import { Conflict, type Append, type EventLog } from '../platform/storage/event-log/port.ts'
import { Unavailable } from '../platform/unavailable.ts'
import type { Draft } from './drafts.ts'

/** Recorded in one append with a move, in this order: drafts of commands, and the moves of their events. */
export type Following = readonly (Draft | { readonly append: Append })[]

/**
 * Records a saga's move: in one append with its following where the log accepts the whole group, else alone. Afterwards
 * every draft is committed or released.
 * @param followingOf returns the following of the move; not called where the log cannot append together
 * @returns whether the following was recorded with the move, and the last recorded position
 * @throws Conflict when the stream is at another revision than the move expects, also when this move was recorded
 *   before: the stream has to be read before anything is sent
 * @throws every other error of `append`
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

/** Appends the group. @returns its last position; undefined when the log refused the group, but may accept the move alone */
const recordTogether = async (
  appendTogether: NonNullable<EventLog['appendTogether']>,
  move: Append,
  following: Following,
): Promise<bigint | undefined> => {
  const release = (isStale: (index: number) => boolean): void =>
    following.forEach((one, index) => {
      if ('release' in one) one.release(isStale(index))
    })
  // A group accepts repeated appends: only a check refuses a move that is in its stream already.
  const check: Append = { ...move, events: [] }
  const outcome = await appendTogether([
    check,
    move,
    ...following.map(({ append }) => append),
  ]).catch((error: unknown) => {
    const isAway = error instanceof Unavailable
    release(() => isAway)
    if (isAway) throw error
    // The log rejects some event: sent alone, its command fails alone.
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
