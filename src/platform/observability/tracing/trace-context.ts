import { hash, randomUUID } from 'node:crypto'
import { hexOf, parsedSpanId, type SpanId } from './ids.ts'
import type { Trace } from './port.ts'

/** A version 00 header, or what later versions must begin with (W3C Trace Context, §3.2 and §3.4). */
const header = /^(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/

const uuid = /^([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})$/i

const onlyZeros = /^0+$/

/** Where a request stands in a trace of its client. */
export type TraceContext = {
  /** The trace's id, written as a UUID. */
  readonly correlationId: string
  /** Id of the client's span. */
  readonly parent: SpanId
}

/** Returns the id of a trace in the form of a UUID: both have 128 bits. @param traceId 32 hexadecimal digits */
export const correlationIdOf = (traceId: string): string =>
  `${traceId.slice(0, 8)}-${traceId.slice(8, 12)}-${traceId.slice(12, 16)}-${traceId.slice(16, 20)}-${traceId.slice(20)}`

/** 1 for the character codes of hexadecimal digits in lower case, else 0. */
const lowerHex = new Uint8Array(128)
for (const digit of '0123456789abcdef') lowerHex[digit.charCodeAt(0)] = 1

/** Whether part of a text is hexadecimal digits in lower case. Without branches, which random digits would mispredict. */
const isLowerHex = (text: string, from: number, to: number): boolean => {
  let are = 1
  // Other characters are outside of the table.
  for (let at = from; at < to; at++) are &= lowerHex[text.charCodeAt(at)] ?? 0
  return are === 1
}

const hyphen = 45

/** Whether a text is a UUID in lower case, as nearly all are. A regular expression takes four times as long. */
const isLowerUuid = (text: string): boolean =>
  text.length === 36 &&
  text.charCodeAt(8) === hyphen &&
  text.charCodeAt(13) === hyphen &&
  text.charCodeAt(18) === hyphen &&
  text.charCodeAt(23) === hyphen &&
  isLowerHex(text, 0, 8) &&
  isLowerHex(text, 9, 13) &&
  isLowerHex(text, 14, 18) &&
  isLowerHex(text, 19, 23) &&
  isLowerHex(text, 24, 36)

/** Returns the id of the trace of a correlation id: 32 hexadecimal digits; undefined if it is no UUID. */
export const traceIdOf = (correlationId: string): string | undefined => {
  const isLower = isLowerUuid(correlationId)
  if (!isLower && !uuid.test(correlationId)) return undefined
  const id =
    correlationId.slice(0, 8) +
    correlationId.slice(9, 13) +
    correlationId.slice(14, 18) +
    correlationId.slice(19, 23) +
    correlationId.slice(24)
  return isLower ? id : id.toLowerCase()
}

/** Reads a `traceparent` header (W3C Trace Context). @returns undefined when it is invalid: a new trace begins then */
export const traceContextOf = (traceparent: unknown): TraceContext | undefined => {
  if (typeof traceparent !== 'string') return undefined
  const [, version, traceId = '', parent = '', more] = header.exec(traceparent) ?? []
  if (version === undefined || (version === '00' && more !== undefined)) return undefined
  const span = parsedSpanId(parent)
  if (!span || onlyZeros.test(traceId) || onlyZeros.test(parent)) return undefined
  return { correlationId: correlationIdOf(traceId), parent: span }
}

/** Returns the header of a span. */
export const traceparentOf = (
  { first, second, third, fourth }: Trace,
  { high, low }: SpanId,
): string => `00-${hexOf(first, second, third, fourth)}-${hexOf(high, low)}-01`

/**
 * Decides which traces are sampled, by their ids and a key: every process that touches a trace decides the same, and no
 * client, which may choose the id, can predict it. The first 48 bits of SHA-256 over key and id are compared with the
 * ratio: as both have a fixed length, nothing can be appended, and the nested hashes of an HMAC would only triple the cost.
 * @param ratio share of traces, from 0 to 1
 * @param key secret of the installation
 * @returns whether a trace is sampled, by its id in 32 hexadecimal digits
 */
export const sampling = (ratio: number, key: Buffer): ((traceId: string) => boolean) => {
  const secret = key.toString('hex')
  const limit = ratio * 2 ** 48
  return (traceId) =>
    ratio >= 1 ||
    (ratio > 0 && Number.parseInt(hash('sha256', secret + traceId).slice(0, 12), 16) < limit)
}

/** Returns the correlation id of a request: the UUID that it sends, the id of the trace of its client, or a new one. */
export const requestCorrelationId = ({
  'x-correlation-id': id,
  traceparent,
}: Readonly<Record<string, string | string[] | undefined>>): string => {
  if (typeof id === 'string' && uuid.test(id)) return id.toLowerCase()
  return traceContextOf(traceparent)?.correlationId ?? randomUUID()
}
