import type { FastifyRequest } from 'fastify'
import { invalid } from '../../serving/problem.ts'

/** A stream's revision as an entity tag (RFC 9110 §8.8.3). */
export const tagOf = (revision: number): string => `"${revision}"`

/**
 * The weak tag of an answer that more than one stream has a part in (RFC 9110 §8.8.1): it tells contents apart, and
 * which revision of the thing itself was seen.
 * @param content a digest of what it says, in base64url
 */
export const contentTagOf = (content: string, revision: string | undefined): string =>
  revision === undefined ? `W/"${content}"` : `W/"${revision}.${content}"`

/** The revision that a tag of ours tells of. */
export const revisionIn = (tag: string): string | undefined =>
  /^(?:W\/)?"(\d{1,15})(?:\.[\w-]+)?"$/.exec(tag)?.[1]

/**
 * The revision that a request wants the thing to be at, by `If-Match` (RFC 9110 §13.1.1). `*` asks for nothing more
 * than that it exists, which every command checks anyway. Of a weak tag its revision counts: what else an answer tells
 * is changed by nobody who sends one.
 * @throws Problem 400 when it is no entity tag of ours
 */
export const expectedRevisionOf = ({
  headers,
}: Pick<FastifyRequest, 'headers'>): { readonly expectedRevision?: number } => {
  const tag = headers['if-match']
  if (tag === undefined || tag === '*') return {}
  const revision = revisionIn(tag)
  if (revision === undefined)
    throw invalid('If-Match', 'must be an entity tag as it came in `ETag`, such as "3"')
  return { expectedRevision: Number(revision) }
}
