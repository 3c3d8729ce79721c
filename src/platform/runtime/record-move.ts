import { Conflict, type Append, type EventLog } from '../event-log/port.ts'
import { Unavailable } from '../unavailable.ts'
import type { Draft } from './drafts.ts'

/**
 * Records a saga's move, in one append with drafts of its commands where the log takes all of them, else alone. Every
 * draft has been committed or released afterwards.
 * @param draftAll drafts the commands, by the ids of their steps; not called where the log cannot append together
 * @returns the steps whose commands were recorded with the move
 * @throws Conflict when the stream is not where the move expects it, also where this very move was recorded before: the
 *   stream says what came of it, and has to be read before anything is sent
 * @throws what else `append` throws of the move
 */
export const recordMove = async (
  log: Pick<EventLog, 'append' | 'appendTogether'>,
  move: Append,
  draftAll: () => ReadonlyMap<string, Draft>,
): Promise<ReadonlySet<string>> => {
  const { appendTogether } = log
  if (appendTogether) {
    const drafts = draftAll()
    if (drafts.size > 0 && (await isRecordedWith(appendTogether, move, [...drafts.values()])))
      return new Set(drafts.keys())
  }
  const { revision, before } = await log.append(move.stream, move.expected, move.events)
  if (before) throw new Conflict(move.stream, move.expected, revision)
  return new Set()
}

/** @returns false where nothing was recorded, though the move alone may be taken */
const isRecordedWith = async (
  appendTogether: NonNullable<EventLog['appendTogether']>,
  move: Append,
  drafts: readonly Draft[],
): Promise<boolean> => {
  const release = (isStale: (index: number) => boolean): void =>
    drafts.forEach((draft, index) => draft.release(isStale(index)))
  // A group takes what was recorded before: only a check refuses a move that is in its stream already.
  const check: Append = { ...move, events: [] }
  const outcome = await appendTogether([check, move, ...drafts.map(({ append }) => append)]).catch(
    (error: unknown) => {
      const isAway = error instanceof Unavailable
      release(() => isAway)
      if (isAway) throw error
      // The log does not take some event: that one fails alone then.
      return undefined
    },
  )
  if (!outcome) return false
  if (outcome.recorded) {
    drafts.forEach(({ commit }, index) => commit(outcome.appended[index + 2]!))
    return true
  }
  const [moved, own, ...ofDrafts] = outcome.conflicts
  const conflict = moved ?? own
  release((index) => ofDrafts[index] !== undefined)
  if (conflict) throw conflict
  return false
}
