import type { Append, Appended, EventLog } from '../platform/storage/event-log/port.ts'
import { BasisMoved, type Basis } from './execution.ts'

/** Returns the check of a basis, as a part of the append: the stream must still be at the revision read. */
const check = ({ stream, revision }: Basis): Append => ({
  stream,
  expected: revision < 0 ? 'none' : revision,
  events: [],
})

const recordTogether = (
  appendTogether: NonNullable<EventLog['appendTogether']>,
  append: Append,
  bases: readonly Basis[],
): Promise<Appended> =>
  appendTogether([...bases.map(check), append]).then((outcome) => {
    if (outcome.recorded) return outcome.appended.at(-1)!
    const own = outcome.conflicts.at(-1)
    if (own) throw own
    const moved = outcome.conflicts.findIndex((conflict) => conflict !== undefined)
    throw new BasisMoved(bases[moved]!.stream)
  })

/**
 * Appends events if the streams that their decision rests on are still at the revisions read.
 * @param bases empty in a log that cannot append together
 * @throws BasisMoved when one is at another revision; nothing is recorded
 * @throws every error of `append`
 */
export const recordOn = (
  log: Pick<EventLog, 'append' | 'appendTogether'>,
  append: Append,
  bases: readonly Basis[],
): Promise<Appended> =>
  bases.length > 0 && log.appendTogether
    ? recordTogether(log.appendTogether, append, bases)
    : log.append(append.stream, append.expected, append.events)
