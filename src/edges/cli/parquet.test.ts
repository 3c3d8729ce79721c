import { parquetMetadata, parquetReadObjects } from 'hyparquet'
import { expect, test } from 'vitest'
import type { MaskedEvent } from './answers.ts'
import { parquetEvents, type GroupSize } from './parquet.ts'

const eventAt = (
  position: number,
  data: unknown = { total: { amount: position } },
): MaskedEvent => ({
  eventId: `00000000-0000-4000-8000-${String(position).padStart(12, '0')}`,
  stream: `order-${position % 7}`,
  type: position % 2 ? 'OrderPlaced' : 'OrderPaid',
  revision: Math.floor(position / 7),
  position: String(position),
  at: new Date(Date.parse('2030-01-01T00:00:00.123Z') + position).toISOString(),
  data,
  metadata: {
    correlationId: `request-${position % 3}`,
    causationId: 'cause',
    commandId: `command-${position}`,
    actorId: 'ada',
    schemaVersion: 2,
  },
})

const upTo = (count: number): MaskedEvent[] =>
  Array.from({ length: count }, (_, at) => eventAt(at + 1))

/** Writes a file of these events, `atATime` in each call. */
const written = async (
  events: readonly MaskedEvent[],
  { atATime = 1_000, group }: { readonly atATime?: number; readonly group?: GroupSize } = {},
) => {
  const chunks: Uint8Array[] = []
  const options = { createdBy: 'agora version 1.0.0', ...(group && { group }) }
  const file = parquetEvents(async (bytes) => void chunks.push(bytes), options)
  for (let at = 0; at < events.length; at += atATime)
    await file.write(events.slice(at, at + atATime))
  await file.finish()
  const whole = Buffer.concat(chunks)
  const bytes = new Uint8Array(whole).buffer
  return { bytes, whole, chunks, metadata: parquetMetadata(bytes) }
}

test('an event is a row, with columns of standard types', async () => {
  const { bytes, metadata } = await written([eventAt(8, { name: '***', list: [1, null, 'ü'] })])
  expect(await parquetReadObjects({ file: bytes })).toEqual([
    {
      position: 8n,
      event_id: '00000000-0000-4000-8000-000000000008',
      stream: 'order-1',
      category: 'order',
      type: 'OrderPaid',
      revision: 1,
      at: new Date('2030-01-01T00:00:00.131Z'),
      schema_version: 2,
      correlation_id: 'request-2',
      causation_id: 'cause',
      actor_id: 'ada',
      data: { name: '***', list: [1, null, 'ü'] },
      metadata: eventAt(8).metadata,
    },
  ])
  const typeOf = (name: string) => metadata.schema.find((element) => element.name === name)
  expect(typeOf('position')).toMatchObject({ type: 'INT64', repetition_type: 'REQUIRED' })
  expect(typeOf('at')?.logical_type).toEqual({
    type: 'TIMESTAMP',
    isAdjustedToUTC: true,
    unit: 'MILLIS',
  })
  expect(typeOf('data')?.logical_type).toEqual({ type: 'JSON' })
  expect(metadata.created_by).toBe('agora version 1.0.0')
})

test('many events are written as rows in order, one row group at a time', async () => {
  const events = upTo(2_500)
  const group = { events: 1_000, characters: 1_000_000 }
  const { bytes, chunks, metadata } = await written(events, { group })
  expect(metadata.row_groups.map(({ num_rows }) => num_rows)).toEqual([1_000n, 1_000n, 500n])
  // A chunk for each group, and the footer: rows are not buffered until the end.
  expect(chunks.length).toBe(4)
  const rows = await parquetReadObjects({ file: bytes })
  expect(rows.map(({ position }) => String(position))).toEqual(
    events.map(({ position }) => position),
  )
  expect(rows.map(({ data }) => data)).toEqual(events.map(({ data }) => data))
})

test('large events are written in smaller groups, so that memory stays bounded', async () => {
  const events = Array.from({ length: 6 }, (_, at) => eventAt(at + 1, 'x'.repeat(400)))
  const { bytes, metadata } = await written(events, { group: { events: 1_000, characters: 800 } })
  expect(metadata.row_groups.map(({ num_rows }) => num_rows)).toEqual([2n, 2n, 2n])
  expect((await parquetReadObjects({ file: bytes })).length).toBe(6)
})

test('the same events give the same bytes, however they are split into calls', async () => {
  const events = upTo(1_234)
  const group = { events: 500, characters: 1_000_000 }
  const [one, other] = await Promise.all([
    written(events, { group, atATime: 1_000 }),
    written(events, { group, atATime: 7 }),
  ])
  expect(one.whole.equals(other.whole)).toBe(true)
})

test('a file without events is valid', async () => {
  const { bytes, metadata } = await written([])
  expect(metadata.schema.length).toBe(14)
  expect(await parquetReadObjects({ file: bytes })).toEqual([])
})

test('columns of metadata are null for events of other programs', async () => {
  const { bytes } = await written([{ ...eventAt(1), data: null, metadata: { source: 'them' } }])
  expect(await parquetReadObjects({ file: bytes })).toMatchObject([
    { data: null, actor_id: null, schema_version: null, metadata: { source: 'them' } },
  ])
})
