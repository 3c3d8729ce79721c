import { hash } from 'node:crypto'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import type { Archive, ArchivedEvent } from './port.ts'

const [zip, unzip] = [promisify(gzip), promisify(gunzip)]

/** SHA-256 of bytes, 64 hex digits. */
export const sha256Of = (bytes: Buffer): string => hash('sha256', bytes, 'hex')

/**
 * An event as one line of JSON. Data, metadata and original are the very texts of PostgreSQL, at the end of the line;
 * `lengths` are theirs in UTF-16 code units, so that they are read again without parsing: parsed numbers could change.
 */
const lineOf = ({
  position,
  stream,
  revision,
  eventId,
  type,
  at,
  data,
  metadata,
  original,
}: ArchivedEvent): string => {
  const last = original || 'null'
  const lengths = [data.length, metadata.length, last.length]
  const head = { position: String(position), stream, revision, eventId, type, at, lengths }
  return `${JSON.stringify(head).slice(0, -1)},"data":${data},"metadata":${metadata},"original":${last}}`
}

const names = { data: ',"data":', metadata: ',"metadata":', original: ',"original":' }

const eventOf = (line: string): ArchivedEvent => {
  // The head has no "lengths" before its own: its texts are quoted.
  const [, lengths = ''] = /"lengths":\[([\d,]+)\],"data":/.exec(line) ?? []
  const [ofData = 0, ofMetadata = 0, ofOriginal = 0] = lengths.split(',').map(Number)
  const original = line.length - 1 - ofOriginal
  const metadata = original - names.original.length - ofMetadata
  const data = metadata - names.metadata.length - ofData
  const head = JSON.parse(`${line.slice(0, data - names.data.length)}}`) as {
    readonly position: string
  } & Omit<ArchivedEvent, 'position' | 'data' | 'metadata' | 'original'>
  const last = line.slice(original, original + ofOriginal)
  return {
    position: BigInt(head.position),
    stream: head.stream,
    revision: head.revision,
    eventId: head.eventId,
    type: head.type,
    at: head.at,
    data: line.slice(data, data + ofData),
    metadata: line.slice(metadata, metadata + ofMetadata),
    original: last === 'null' ? '' : last,
  }
}

/** Events as the bytes of an archive: lines of JSON (NDJSON), compressed by gzip (RFC 1952). */
export const archiveOf = (events: readonly ArchivedEvent[]): Promise<Buffer> =>
  zip(Buffer.from(events.map((event) => `${lineOf(event)}\n`).join('')))

/** The events of an archive. @throws Error for bytes that are no archive */
export const eventsOf = async (bytes: Buffer): Promise<readonly ArchivedEvent[]> => {
  const text = await unzip(bytes)
  const events: ArchivedEvent[] = []
  // Line by line: a slice keeps the string in memory that it is a part of, and this one is the line.
  for (let start = 0; start < text.length;) {
    const found = text.indexOf(0x0a, start)
    const end = found < 0 ? text.length : found
    if (end > start) events.push(eventOf(text.toString('utf8', start, end)))
    start = end + 1
  }
  return events
}

/**
 * The manifest of an archive, as JSON: for people, and for recovery without the table.
 * @param events of the archive, in the order of positions
 */
export const manifestOf = (
  { number, key, bytes, sha256 }: Pick<Archive, 'number' | 'key' | 'bytes' | 'sha256'>,
  events: readonly ArchivedEvent[],
): Buffer => {
  const streams = Map.groupBy(events, ({ stream }) => stream)
  const manifest = {
    format: 'agora-archive-1',
    number,
    key,
    bytes,
    sha256,
    events: events.length,
    first: String(events[0]?.position),
    last: String(events.at(-1)?.position),
    streams: [...streams].map(([stream, own]) => ({
      stream,
      events: own.length,
      revisions: [own[0]?.revision, own.at(-1)?.revision],
      positions: [String(own[0]?.position), String(own.at(-1)?.position)],
    })),
  }
  return Buffer.from(`${JSON.stringify(manifest, null, 1)}\n`)
}
