import { hash } from 'node:crypto'
import { positionHeader, type PassedBack } from '../../../platform/messaging/request-proxy/port.ts'
import type { Encoding } from '../protection/compression.ts'
import { contentTagOf, revisionIn } from '../entity-tags.ts'

/** An answer that is the same for everybody. */
export type CachedResponse = {
  /** Where in the log it is true. */
  readonly position: bigint
  /** Its entity tag, the same however it is pressed. */
  readonly tag: string
  readonly encoding: Encoding | undefined
  readonly body: Buffer
}

/** What alone is kept. */
export const json = 'application/json; charset=utf-8'

/** What is larger is asked for again, in bytes. */
const largest = 256 * 1024

/** What an answer says of itself comes last, and is no part of what it says. */
const meta = Buffer.from('"meta":{"position":')

/**
 * A weak entity tag (RFC 9110 §8.8.1): an answer out of a read model that other events have moved says the same from
 * a later position.
 */
const tagOf = (body: Buffer, revision: string | undefined): string => {
  const end = body.lastIndexOf(meta)
  const said = end === -1 ? body : body.subarray(0, end)
  return contentTagOf(hash('sha256', said, 'base64url').slice(0, 22), revision)
}

/** An answer as one that is for everybody; undefined when it is none: a failure, or one that says not where it is true. */
export const forEverybody = ({ status, headers, body }: PassedBack): CachedResponse | undefined => {
  const position = headers[positionHeader]
  if (status !== 200 || headers['content-type'] !== json || 'set-cookie' in headers)
    return undefined
  if (typeof position !== 'string' || !/^\d{1,20}$/.test(position)) return undefined
  if (!Buffer.isBuffer(body) || body.length > largest) return undefined
  const tag = tagOf(body, revisionIn(String(headers.etag)))
  return { position: BigInt(position), tag, encoding: undefined, body }
}

/** An answer as the bytes that are kept. */
export const packed = ({ position, tag, encoding, body }: CachedResponse): Buffer =>
  Buffer.concat([Buffer.from(`${position} ${tag} ${encoding ?? '-'}\n`), body])

const Head = /^(\d{1,20}) (W\/"(?:\d+\.)?[\w-]{22}") (br|gzip|-)$/

const encodings: Readonly<Record<string, Encoding | undefined>> = { br: 'br', gzip: 'gzip' }

/** What was kept; undefined when that was something else. */
export const unpacked = (value: Buffer): CachedResponse | undefined => {
  const end = value.indexOf(10)
  const [, position, tag, encoding] = Head.exec(value.toString('latin1', 0, Math.max(0, end))) ?? []
  if (position === undefined || tag === undefined || encoding === undefined) return undefined
  return {
    position: BigInt(position),
    tag,
    encoding: encodings[encoding],
    body: value.subarray(end + 1),
  }
}
