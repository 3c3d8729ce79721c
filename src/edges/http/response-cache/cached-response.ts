import { hash } from 'node:crypto'
import { positionHeader, type PassedBack } from '../../../platform/messaging/request-proxy/port.ts'
import type { Encoding } from '../protection/compression.ts'
import { contentTagOf, revisionIn } from '../entity-tags.ts'

/** An answer that is the same for all callers. */
export type CachedResponse = {
  /** Position up to which the answer includes all events. */
  readonly position: bigint
  /** Its entity tag, the same for all encodings. */
  readonly tag: string
  readonly encoding: Encoding | undefined
  readonly body: Buffer
}

/** The only content type that is cached. */
export const json = 'application/json; charset=utf-8'

/** Maximum size of a cached answer, in bytes. */
const maxBytes = 256 * 1024

/** Start of an answer's metadata, which comes last and is not part of its entity tag. */
const meta = Buffer.from('"meta":{"position":')

/**
 * Creates a weak entity tag (RFC 9110 §8.8.1): the same content as of a later position has the same tag.
 */
const tagOf = (body: Buffer, revision: string | undefined): string => {
  const end = body.lastIndexOf(meta)
  const content = end === -1 ? body : body.subarray(0, end)
  return contentTagOf(hash('sha256', content, 'base64url').slice(0, 22), revision)
}

/** Converts an answer to a cacheable one; undefined for failures and answers without a position. */
export const cacheable = ({ status, headers, body }: PassedBack): CachedResponse | undefined => {
  const position = headers[positionHeader]
  if (status !== 200 || headers['content-type'] !== json || 'set-cookie' in headers)
    return undefined
  if (typeof position !== 'string' || !/^\d{1,20}$/.test(position)) return undefined
  if (!Buffer.isBuffer(body) || body.length > maxBytes) return undefined
  const tag = tagOf(body, revisionIn(String(headers.etag)))
  return { position: BigInt(position), tag, encoding: undefined, body }
}

/** Encodes an answer for the cache. */
export const encoded = ({ position, tag, encoding, body }: CachedResponse): Buffer =>
  Buffer.concat([Buffer.from(`${position} ${tag} ${encoding ?? '-'}\n`), body])

const Head = /^(\d{1,20}) (W\/"(?:\d+\.)?[\w-]{22}") (br|gzip|-)$/

const encodings: Readonly<Record<string, Encoding | undefined>> = { br: 'br', gzip: 'gzip' }

/** Decodes a cached value; undefined when it has another format. */
export const decoded = (value: Buffer): CachedResponse | undefined => {
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
