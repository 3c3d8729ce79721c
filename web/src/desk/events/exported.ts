import type { LogEvent } from './event-queries.ts'

/** Forms of an export: one event as JSON per line, or a table with the data as JSON (RFC 4180). */
export const exportFormats = ['ndjson', 'csv'] as const

/** Form of an export. */
export type ExportFormat = (typeof exportFormats)[number]

/** Most events of an export: what a browser's memory holds with ease. */
export const mostExported = 50_000

/** A cell of a table; texts that spreadsheets would take for formulas begin with an apostrophe. */
const cell = (value: string | number): string => {
  const text = String(value)
  const harmless = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}

const heads = ['position', 'at', 'stream', 'revision', 'type', 'eventId', 'data', 'metadata']

/** Returns the lines of some events. @param isFirst whether they are the first of the export */
export const exportedText = (
  events: readonly LogEvent[],
  format: ExportFormat,
  isFirst: boolean,
): string => {
  if (format === 'ndjson') return events.map((event) => `${JSON.stringify(event)}\n`).join('')
  const rows = events.map(({ position, at, stream, revision, type, eventId, data, metadata }) => [
    Number(position),
    at,
    stream,
    revision,
    type,
    eventId,
    JSON.stringify(data),
    JSON.stringify(metadata),
  ])
  return [...(isFirst ? [heads] : []), ...rows]
    .map((row) => `${row.map(cell).join(',')}\r\n`)
    .join('')
}

type Page = {
  readonly events: readonly LogEvent[]
  readonly nextCursor: string
  readonly caughtUp: boolean
}

/**
 * Reads events page by page into a file, no more than the most.
 * @param readPage reads a page
 * @param onProgress called with the number of events so far
 * @returns the file, its number of events, and whether there are more
 */
export const exportEvents = async ({
  format,
  readPage,
  onProgress,
  signal,
  most = mostExported,
}: {
  readonly format: ExportFormat
  readonly readPage: (cursor: string | undefined) => Promise<Page>
  readonly onProgress: (count: number) => void
  readonly signal: AbortSignal
  readonly most?: number
}): Promise<{ readonly file: Blob; readonly count: number; readonly isCut: boolean }> => {
  const parts: Blob[] = []
  let count = 0
  let isOver = false
  for (let cursor: string | undefined; !isOver && count < most;) {
    signal.throwIfAborted()
    const page = await readPage(cursor)
    const events = page.events.slice(0, most - count)
    // A blob of its own is no longer in the memory of the page.
    parts.push(new Blob([exportedText(events, format, parts.length === 0)]))
    count += events.length
    isOver = page.caughtUp && events.length === page.events.length
    cursor = page.nextCursor
    onProgress(count)
  }
  const type = format === 'csv' ? 'text/csv;charset=utf-8' : 'application/x-ndjson'
  return { file: new Blob(parts, { type }), count, isCut: !isOver }
}
