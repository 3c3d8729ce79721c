import { createHmac } from 'node:crypto'

/** A version 00 header, or what later versions must begin with (W3C Trace Context, §3.2 and §3.4). */
const header = /^(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/

const uuid = /^([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})$/i

const onlyZeros = /^0+$/

/** Where a request stands in a trace of its client. */
export type TraceContext = {
  /** The trace's id, written as a UUID. */
  readonly correlationId: string
  /** Id of the client's span. */
  readonly parent: string
}

/** Returns the id of a trace in the form of a UUID: both have 128 bits. @param traceId 32 hexadecimal digits */
export const correlationIdOf = (traceId: string): string =>
  `${traceId.slice(0, 8)}-${traceId.slice(8, 12)}-${traceId.slice(12, 16)}-${traceId.slice(16, 20)}-${traceId.slice(20)}`

/** Returns the id of the trace of a correlation id: 32 hexadecimal digits; undefined if it is no UUID. */
export const traceIdOf = (correlationId: string): string | undefined =>
  uuid.test(correlationId) ? correlationId.replaceAll('-', '').toLowerCase() : undefined

/**
 * Returns the span id of something that has a UUID, such as a command or an event: its last 64 bits, so that every
 * process derives the same id from the log. Undefined if it is no UUID.
 */
export const spanIdOf = (id: string): string | undefined =>
  uuid.test(id) ? (id.slice(19, 23) + id.slice(24)).toLowerCase() : undefined

/** Reads a `traceparent` header (W3C Trace Context). @returns undefined when it is invalid: a new trace begins then */
export const traceContextOf = (traceparent: unknown): TraceContext | undefined => {
  if (typeof traceparent !== 'string') return undefined
  const [, version, traceId = '', parent = '', more] = header.exec(traceparent) ?? []
  if (version === undefined || (version === '00' && more !== undefined)) return undefined
  if (onlyZeros.test(traceId) || onlyZeros.test(parent)) return undefined
  return { correlationId: correlationIdOf(traceId), parent }
}

/** Returns the header of a sampled span. @param traceId 32, @param spanId 16 hexadecimal digits */
export const traceparentOf = (traceId: string, spanId: string): string =>
  `00-${traceId}-${spanId}-01`

/**
 * Whether a trace is sampled, by its id and a key: every process that touches it decides the same, and no client, which may
 * choose the id, can predict it. The first 48 bits of the HMAC of the id are compared with the ratio.
 * @param traceId 32 hexadecimal digits
 * @param ratio share of traces, from 0 to 1
 * @param key secret of the installation
 */
export const isSampled = (traceId: string, ratio: number, key: Buffer): boolean =>
  ratio >= 1 ||
  (ratio > 0 &&
    createHmac('sha256', key).update(traceId).digest().readUIntBE(0, 6) < ratio * 2 ** 48)
