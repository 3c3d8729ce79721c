import type { SchemaElement } from 'hyparquet'
import type { ColumnSource } from 'hyparquet-writer'
import { categoryOf } from '#kernel/message'
import type { MaskedEvent } from './answers.ts'
import { metadataOf } from './replay-event.ts'

/** Column of a Parquet file of events: its schema, its encoding, and its value of an event. */
export type ParquetColumn = {
  readonly schema: SchemaElement
  readonly options: Pick<ColumnSource, 'encoding' | 'statistics'>
  readonly of: (event: MaskedEvent) => unknown
}

type Kind = Omit<SchemaElement, 'name'>

const kinds = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  json: { type: 'BYTE_ARRAY', converted_type: 'JSON', logical_type: { type: 'JSON' } },
  int32: { type: 'INT32' },
  int64: { type: 'INT64' },
  moment: {
    type: 'INT64',
    converted_type: 'TIMESTAMP_MILLIS',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
  },
} satisfies Readonly<Record<string, Kind>>

const column = (
  name: string,
  kind: keyof typeof kinds,
  of: (event: MaskedEvent) => unknown,
  { optional = false, ...options }: ParquetColumn['options'] & { optional?: boolean } = {},
): ParquetColumn => ({
  schema: { name, ...kinds[kind], repetition_type: optional ? 'OPTIONAL' : 'REQUIRED' },
  options,
  of,
})

/** No statistics for JSON columns: they would repeat whole values in the footer, without use. */
const bulky = { optional: true, encoding: 'PLAIN', statistics: false } as const
const optional = { optional: true }

/** Columns of a Parquet file of events, in order. */
export const parquetColumns: readonly ParquetColumn[] = [
  column('position', 'int64', ({ position }) => BigInt(position)),
  column('event_id', 'text', ({ eventId }) => eventId, { encoding: 'PLAIN' }),
  column('stream', 'text', ({ stream }) => stream),
  column('category', 'text', ({ stream }) => categoryOf(stream)),
  column('type', 'text', ({ type }) => type),
  column('revision', 'int32', ({ revision }) => revision),
  column('at', 'moment', ({ at }) => new Date(at)),
  column('schema_version', 'int32', (event) => metadataOf(event).schemaVersion, optional),
  column('correlation_id', 'text', (event) => metadataOf(event).correlationId, optional),
  column('causation_id', 'text', (event) => metadataOf(event).causationId, optional),
  column('actor_id', 'text', (event) => metadataOf(event).actorId, optional),
  column('data', 'json', ({ data }) => data, bulky),
  column('metadata', 'json', ({ metadata }) => metadata, bulky),
]
