import type { Metadata, Original } from '#kernel'
import { isUnstorable } from '../../storage/event-log/unstorable-json.ts'
import { fromWire } from './wire.ts'

/** Content types of EventStoreDB. */
export const contentTypes = { json: 'application/json', binary: 'application/octet-stream' }

/** Content of an event on the wire. */
export type EventBytes = {
  readonly contentType: string
  readonly data: Uint8Array
  /** Empty if the program sent none. */
  readonly metadata: Uint8Array
}

/** Content of an event in the log. */
export type EventContent = {
  /** A JSON value; of bytes that are not JSON their text, or their base64 if they are not text either. */
  readonly data: unknown
  readonly metadata: Metadata
  /** When the event was first recorded, if its metadata contain that. */
  readonly at: string | undefined
  /** The original bytes, if the event is not one that Agora wrote. */
  readonly original?: Original
}

/** Limit of nested JSON: PostgreSQL parses JSON up to a depth; deeper values are stored as text. */
const deepest = 200

const isDeeper = (value: unknown, depth: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (depth === 0 || Object.values(value).some((inner) => isDeeper(inner, depth - 1)))

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Decodes UTF-8; undefined for other bytes. */
const textIn = (bytes: Uint8Array): string | undefined => {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}

/** Parses a JSON value that every log can store; undefined for other texts. */
const jsonIn = (text: string | undefined): unknown => {
  if (text === undefined || text === '') return undefined
  try {
    const value: unknown = JSON.parse(text)
    // Short texts cannot be too deep, and texts without escapes cannot be unstorable.
    if (text.length > 2 * deepest && isDeeper(value, deepest)) return undefined
    return text.includes('\\u') && isUnstorable(JSON.stringify(value)) ? undefined : value
  } catch {
    return undefined
  }
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

/**
 * Parses the content of an event of any program.
 * @param eventId stands in for correlation, causation and command if the metadata have none
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

/** Whether the metadata of another program are readable: empty, or a JSON object. */
export const hasReadableMetadata = ({ metadata }: Original): boolean => {
  const value = jsonIn(textIn(Buffer.from(metadata, 'base64')))
  return metadata === '' || (typeof value === 'object' && value !== null && !Array.isArray(value))
}
