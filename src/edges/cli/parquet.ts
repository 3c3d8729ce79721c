import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import type { MaskedEvent } from './answers.ts'
import { parquetColumns } from './parquet-columns.ts'

/** Maximum size of a row group; one group is in memory at a time. */
export type GroupSize = {
  readonly events: number
  /** Length of the JSON of their data. */
  readonly characters: number
}

const defaultGroup: GroupSize = { events: 10_000, characters: 32 * 1024 * 1024 }

/** A Parquet file of events that is being written. */
export type ParquetEvents = {
  readonly write: (events: readonly MaskedEvent[]) => Promise<void>
  /** Writes the last group and the footer, without which the file is invalid. */
  readonly finish: () => Promise<void>
}

/**
 * Writes events as Parquet, a row group at a time. The same events always give the same bytes, however they are split
 * into calls.
 * @param put writes the bytes, in order
 */
export const parquetEvents = (
  put: (bytes: Uint8Array) => Promise<void>,
  { createdBy, group = defaultGroup }: { readonly createdBy: string; readonly group?: GroupSize },
): ParquetEvents => {
  const writer = new ByteWriter()
  const file = new ParquetWriter({
    writer,
    schema: [
      { name: 'events', num_children: parquetColumns.length },
      ...parquetColumns.map(({ schema }) => schema),
    ],
    createdBy,
  })
  let waiting: MaskedEvent[] = []
  let characters = 0

  const drain = async (): Promise<void> => {
    await put(writer.getBytes().slice())
    // Offsets continue to count the bytes that were written; only the buffer is reused.
    writer.index = 0
  }

  const writeGroup = async (): Promise<void> => {
    if (waiting.length === 0) return
    const events = waiting
    waiting = []
    characters = 0
    await file.write({
      rowGroupSize: events.length,
      columnData: parquetColumns.map(({ schema: { name }, options, of }) => ({
        name,
        ...options,
        data: events.map(of),
      })),
    })
    await drain()
  }

  return {
    write: async (events) => {
      for (const event of events) {
        waiting.push(event)
        characters += JSON.stringify(event.data)?.length ?? 0
        if (waiting.length >= group.events || characters >= group.characters) await writeGroup()
      }
    },
    finish: async () => {
      await writeGroup()
      await file.finish()
      await drain()
    },
  }
}
