import type { Append, Appended, EventLog } from '../platform/storage/event-log/port.ts'
import { BasisMoved, type Basis } from './execution.ts'

/** A stream that must still be where it was, as a part of the append that rests on it. */
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
 * Records events if the streams that their decision rests on have not moved since.
 * @param bases in a log that cannot append together there are none
 * @throws BasisMoved when one has moved; nothing is recorded
 * @throws what `append` does
 */
export const recordOn = (
  log: Pick<EventLog, 'append' | 'appendTogether'>,
  append: Append,
  bases: readonly Basis[],
): Promise<Appended> =>
  bases.length > 0 && log.appendTogether
    ? recordTogether(log.appendTogether, append, bases)
    : log.append(append.stream, append.expected, append.events)
