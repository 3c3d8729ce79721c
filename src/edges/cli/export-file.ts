import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { MaskedEvent } from './answers.ts'
import { atomicFile } from './atomic-file.ts'
import type { ExportedFile, Format } from './manifest.ts'
import { parquetEvents } from './parquet.ts'
import { lineOf } from './replay.ts'

/** A file of events that is being written. Disposing of it before `finish` removes it. */
export type EventFile = AsyncDisposable & {
  readonly write: (events: readonly MaskedEvent[]) => Promise<void>
  /** Completes the file and renames it to its name. */
  readonly finish: () => Promise<ExportedFile>
}

/**
 * Creates a file of events: `events.ndjson` or `events.parquet`.
 * @param folder to write to; it must exist
 * @param options.replace whether an existing file may be replaced
 * @param options.version of Agora; Parquet files record their creator
 * @throws Failed when the file exists and may not be replaced, or cannot be written
 */
export const eventFile = async (
  folder: string,
  format: Format,
  { replace, version }: { readonly replace: boolean; readonly version: string },
): Promise<EventFile> => {
  const name = `events.${format}`
  const file = await atomicFile(join(folder, name), { replace })
  const hash = createHash('sha256')
  let bytes = 0
  const put = async (content: Uint8Array): Promise<void> => {
    hash.update(content)
    bytes += content.length
    await file.write(content)
  }
  const { write, finish } =
    format === 'parquet'
      ? parquetEvents(put, { createdBy: `agora version ${version}` })
      : {
          write: (events: readonly MaskedEvent[]) => put(Buffer.from(events.map(lineOf).join(''))),
          finish: async () => undefined,
        }
  return {
    write,
    finish: async () => {
      await finish()
      await file.finish()
      return { name, format, bytes, sha256: hash.digest('hex') }
    },
    [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
  }
}
