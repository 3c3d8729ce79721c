import type { Append, EventLog } from '../event-log/port.ts'
import { Unavailable } from '../unavailable.ts'
import type { Draft } from './drafts.ts'

/**
 * Records a saga's move, in one append with drafts of its commands where the log takes all of them, else alone. Every
 * draft has been committed or released afterwards.
 * @param draftAll drafts the commands, by the ids of their steps; not called where the log cannot append together
 * @returns the steps whose commands were recorded with the move
 * @throws what `append` throws of the move
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
  await log.append(move.stream, move.expected, move.events)
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
  const outcome = await appendTogether([move, ...drafts.map(({ append }) => append)]).catch(
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
    drafts.forEach(({ commit }, index) => commit(outcome.appended[index + 1]!))
    return true
  }
  const [conflict, ...ofDrafts] = outcome.conflicts
  release((index) => ofDrafts[index] !== undefined)
  if (conflict) throw conflict
  return false
}
