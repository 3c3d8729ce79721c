import { randomUUID } from 'node:crypto'
import { Type } from 'typebox'
import { catalogue, evolved, Fields } from '#kernel'
import { someMetadata } from '#kernel/testing'
import type { EventLog, NewEvent, Slice } from '../port.ts'

const events = {
  Counted: Fields({ n: Type.Integer() }),
  Named: Fields({ name: Type.String({ minLength: 1 }) }),
  Moved: evolved(Fields({ to: Type.String(), by: Type.String() }), (old: { to: string }) => ({
    ...old,
    by: 'foot',
  })),
}
/** The catalogue of the events of these tests. */
export const declared = catalogue([{ name: 'thing', events }])

/** An event with a number. */
export const counted = (n: number): NewEvent => ({
  eventId: randomUUID(),
  type: 'Counted',
  data: { n },
  metadata: someMetadata,
})
/** The number of an event. */
export const numberOf = ({ data }: { data: unknown }) => (data as { n: number }).n
/** The name of a new stream. */
export const newStream = (category = 'thing') => `${category}-${randomUUID()}`

/** All events of a log, read in pages. */
export const everything = async (log: EventLog, after = 0n, limit = 1_000) => {
  const found = []
  for (let slice: Slice; ; after = slice.position) {
    slice = await log.readAll({ after, limit })
    found.push(...slice.events)
    if (slice.caughtUp) return found
  }
}
