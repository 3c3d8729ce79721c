import type { Metadata, Original } from '#kernel'
import { isUnstorable } from '../../storage/event-log/unstorable-json.ts'
import { fromWire } from './wire.ts'

/** The content types that EventStoreDB tells apart. */
export const contentTypes = { json: 'application/json', binary: 'application/octet-stream' }

/** An event's content as it crosses the wire. */
export type EventBytes = {
  readonly contentType: string
  readonly data: Uint8Array
  /** Empty where the program sent none. */
  readonly metadata: Uint8Array
}

/** The same content as the log keeps it. */
export type EventContent = {
  /** A JSON value; text, or base64 of what is not text, where the bytes are not JSON. */
  readonly data: unknown
  readonly metadata: Metadata
  /** When the event was recorded first, where its metadata say so. */
  readonly at: string | undefined
  /** Only where the bytes are not those of an event of Agora. */
  readonly original?: Original
}

/** PostgreSQL parses JSON up to a depth; deeper values are kept as text. */
const deepest = 200

const isDeeper = (value: unknown, depth: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (depth === 0 || Object.values(value).some((inner) => isDeeper(inner, depth - 1)))

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Text of UTF-8 bytes; undefined where they are something else. */
const textIn = (bytes: Uint8Array): string | undefined => {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}

/** A JSON value that every log can keep; undefined where the text says none. */
const jsonIn = (text: string | undefined): unknown => {
  if (text === undefined || text === '') return undefined
  try {
    const value: unknown = JSON.parse(text)
    // Short texts and those without escapes need no closer look.
    if (text.length > 2 * deepest && isDeeper(value, deepest)) return undefined
    return text.includes('\\u') && isUnstorable(JSON.stringify(value)) ? undefined : value
  } catch {
    return undefined
  }
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

/**
 * The content of an event, as any program may write it.
 * @param eventId takes the place of correlation, causation and command where the metadata name none
 */
export const contentOf = (
  eventId: string,
  { contentType, data: bytes, metadata: about }: EventBytes,
): EventContent => {
  const text = contentType === contentTypes.json ? textIn(bytes) : undefined
  const value = jsonIn(text)
  const { metadata, at, complete } = fromWire(eventId, jsonIn(textIn(about)))
  const shown = text === undefined || isUnstorable(JSON.stringify(text)) ? base64(bytes) : text
  const data = value === undefined && bytes.length > 0 ? shown : (value ?? null)
  if (complete && value !== undefined) return { data, metadata, at }
  const original = { contentType, data: base64(bytes), metadata: base64(about) }
  return { data, metadata, at, original }
}

/** Whether metadata that another program wrote can be read: there are none, or they are a JSON object. */
export const hasReadableMetadata = ({ metadata }: Original): boolean => {
  const value = jsonIn(textIn(Buffer.from(metadata, 'base64')))
  return metadata === '' || (typeof value === 'object' && value !== null && !Array.isArray(value))
}
