import { hash } from 'node:crypto'
import type { Head, TextPage } from '../event-log/text-page.ts'

/** Digest of a log without events: 64 zeros. */
export const noDigest = '0'.repeat(64)

/** Number of bytes of a fingerprint: one event in four thousand million that differs has the same one. */
export const fingerprintBytes = 4

/**
 * The digest after an event: SHA-256 (FIPS 180-4) over five lines of UTF-8, without a line feed at the end: the digest before it
 * in hex; a JSON array of position (a text), stream, revision, type, id and time; data, metadata, and the original
 * bytes of another program as JSON (mostly an empty line). JSON has no line feeds, so that no two events have the same lines.
 * The digest of a position does not depend on how the log was cut into slices.
 */
const digestAfter = (
  before: string,
  { position, stream, revision, type, eventId, at }: Head,
  data: string,
  metadata: string,
  original: string,
): string => {
  const head = JSON.stringify([String(position), stream, revision, type, eventId, at])
  return hash('sha256', `${before}\n${head}\n${data}\n${metadata}\n${original}`, 'hex')
}

/**
 * Returns the digest after each event of a page.
 * @param before digest before the page, 64 hex digits
 */
export const digestsOf = (before: string, page: TextPage): readonly string[] => {
  const [data, metadata] = [page.data.split('\n'), page.metadata.split('\n')]
  const original = page.original.split('\n')
  let digest = before
  return page.heads.map((head, index) => {
    digest = digestAfter(digest, head, data[index]!, metadata[index]!, original[index] ?? '')
    return digest
  })
}

/** The fingerprints of digests, one after the other. */
export const fingerprintsOf = (digests: readonly string[]): Buffer =>
  Buffer.from(digests.map((digest) => digest.slice(0, 2 * fingerprintBytes)).join(''), 'hex')
