import type { Database, Row } from '../../engines/postgres/database.ts'
import type { Append, ExpectedRevision } from './port.ts'
import type { Batch, Unit } from './postgres-append-batch.ts'

/** What the database said to an append: taken, or where the stream stands instead. */
export type Verdict = {
  readonly taken: boolean
  /** Whether it was recorded just now, and not before. */
  readonly fresh: boolean
  /** Whether it was not taken for itself, and not for its group. */
  readonly conflicts: boolean
  /** Of its last event; of the stream where it conflicts. */
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

/** What came of a batch. */
export type BatchAnswer = {
  /** One an append. */
  readonly verdicts: readonly Verdict[]
  /** Whether other logs listen that were not sent NOTIFY. */
  readonly unheard: boolean
}

const codes = { none: -1, any: -2, exists: -4 } as const
const codeOf = (expected: ExpectedRevision): number =>
  typeof expected === 'number' ? expected : codes[expected]

/** The verdicts where each append was taken where it was expected. @param before the position before the batch */
const allTaken = (appends: readonly Append[], before: bigint): readonly Verdict[] => {
  let position = before
  return appends.map(({ expected, events }) => {
    position += BigInt(events.length)
    const revision = codeOf(expected) + events.length
    return { taken: true, fresh: true, conflicts: false, revision, position }
  })
}

/** Numbers the groups of a batch; 0 for appends without one. */
const linksOf = (units: readonly Unit[]): readonly number[] =>
  units.flatMap(({ appends, together }, index) => appends.map(() => (together ? index + 1 : 0)))

/** An array of numbers or ids, which need no quotes. */
const arrayOf = (items: readonly (number | string)[]): string => `{${items.join(',')}}`

/** One line an event: JSON has none within. null where no event has a value. */
const lines = (values: readonly (string | undefined)[]): string | null =>
  values.every((value) => value === undefined)
    ? null
    : values.map((value) => value ?? '').join('\n')

const jsonOf = (value: unknown): string | undefined =>
  value === undefined ? undefined : JSON.stringify(value)

/**
 * Records a batch by `agora.append`, in one statement and one commit.
 * @param options.listener which of the log's listeners appends
 * @param options.quiet whether NOTIFY is left to the caller
 * @param options.at when the events are recorded, ISO 8601, unless they say so themselves
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
  if (!first) throw new Error('agora.append gave no answer')
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
