import type { Database, Row } from '../../engines/postgres/database.ts'
import type { Append, ExpectedRevision } from './port.ts'
import type { Batch, Unit } from './postgres-append-batch.ts'

/** The database's answer to an append: recorded, or the present revision of the stream. */
export type Verdict = {
  readonly taken: boolean
  /** Whether it was recorded by this call, and is no repetition. */
  readonly fresh: boolean
  /** Whether it was refused by itself, rather than because of its group. */
  readonly conflicts: boolean
  /** Revision of its last event; after a conflict, that of the stream. */
  readonly revision: number
  readonly position: bigint
}

type Answer = Row & {
  taken: boolean
  fresh: boolean
  revision: number | null
  position: bigint
  unheard: boolean
}

/** The database's answer to a batch. */
export type BatchAnswer = {
  /** One for each append. */
  readonly verdicts: readonly Verdict[]
  /** Whether there are other listeners, to which no NOTIFY was sent. */
  readonly unheard: boolean
}

const codes = { none: -1, any: -2, exists: -4 } as const
const codeOf = (expected: ExpectedRevision): number =>
  typeof expected === 'number' ? expected : codes[expected]

/** The verdicts of a batch whose appends were all recorded at their expected revisions. @param before position before the batch */
const allTaken = (appends: readonly Append[], before: bigint): readonly Verdict[] => {
  let position = before
  return appends.map(({ expected, events }) => {
    position += BigInt(events.length)
    const revision = codeOf(expected) + events.length
    return { taken: true, fresh: true, conflicts: false, revision, position }
  })
}

/** The number of the group of each append; 0 for appends without one. */
const linksOf = (units: readonly Unit[]): readonly number[] =>
  units.flatMap(({ appends, together }, index) => appends.map(() => (together ? index + 1 : 0)))

/** Literal of an array of numbers or ids, which need no quotes. */
const arrayOf = (items: readonly (number | string)[]): string => `{${items.join(',')}}`

/** One line for each event, as JSON contains no line breaks; null if no event has a value. */
const lines = (values: readonly (string | undefined)[]): string | null =>
  values.every((value) => value === undefined)
    ? null
    : values.map((value) => value ?? '').join('\n')

const jsonOf = (value: unknown): string | undefined =>
  value === undefined ? undefined : JSON.stringify(value)

/**
 * Appends a batch by `agora.append`, in one statement and one commit.
 * @param options.listener id of the listener of this process
 * @param options.quiet whether NOTIFY is left to the caller
 * @param options.at time of the events, ISO 8601, unless an event has its own
 */
export const appendBatch = async (
  database: Database,
  { units, earlier }: Batch<Unit>,
  {
    listener,
    quiet,
    at,
  }: { readonly listener: string; readonly quiet: boolean; readonly at: string },
): Promise<BatchAnswer> => {
  const appends = units.flatMap((unit) => unit.appends)
  const events = appends.flatMap((append) => append.events)
  const sizes = appends.map((append) => append.events.length)
  let next = 1
  const rows = await database.query<Answer>({
    name: 'append',
    isShort: true,
    text: 'SELECT * FROM agora.append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)',
    values: [
      listener,
      quiet,
      appends.map(({ stream }) => stream),
      arrayOf(appends.map(({ expected }) => codeOf(expected))),
      arrayOf(sizes),
      arrayOf(sizes.map((size) => (next += size) - size)),
      arrayOf(earlier),
      arrayOf(linksOf(units)),
      arrayOf(events.map(({ eventId }) => eventId)),
      events.map(({ type }) => type),
      lines(events.map(({ data }) => JSON.stringify(data))),
      lines(events.map(({ metadata }) => JSON.stringify(metadata))),
      lines(events.map(({ original }) => jsonOf(original))),
      lines(events.map((event) => event.at)),
      at,
    ],
  })
  const [first] = rows
  if (!first) throw new Error('agora.append returned no row')
  const { unheard } = first
  if (first.taken && first.revision === null)
    return { verdicts: allTaken(appends, first.position), unheard }
  const verdicts = rows.map(({ taken, fresh, revision, position }) => ({
    taken,
    fresh,
    conflicts: !taken && revision !== null,
    revision: revision ?? -1,
    position,
  }))
  return { verdicts, unheard }
}
