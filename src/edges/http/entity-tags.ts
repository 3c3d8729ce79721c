import type { FastifyRequest } from 'fastify'
import { invalid } from '../../serving/problem.ts'

/** Formats a stream's revision as an entity tag (RFC 9110 §8.8.3). */
export const tagOf = (revision: number): string => `"${revision}"`

/**
 * Creates the weak tag of an answer that depends on several streams (RFC 9110 §8.8.1): it identifies the content and the
 * revision of the resource itself.
 * @param content a digest of the content, in base64url
 */
export const contentTagOf = (content: string, revision: string | undefined): string =>
  revision === undefined ? `W/"${content}"` : `W/"${revision}.${content}"`

/** Returns the revision in an entity tag of Agora; undefined for any other. */
export const revisionIn = (tag: string): string | undefined =>
  /^(?:W\/)?"(\d{1,15})(?:\.[\w-]+)?"$/.exec(tag)?.[1]

/**
 * Returns the revision that a request requires by `If-Match` (RFC 9110 §13.1.1). `*` requires only that the resource
 * exists, which every command checks anyway. Of a weak tag only the revision counts, as a command does not change the
 * rest of the content.
 * @throws Problem 400 when the header is not an entity tag of Agora
 */
export const expectedRevisionOf = ({
  headers,
}: Pick<FastifyRequest, 'headers'>): { readonly expectedRevision?: number } => {
  const tag = headers['if-match']
  if (tag === undefined || tag === '*') return {}
  const revision = revisionIn(tag)
  if (revision === undefined)
    throw invalid('If-Match', 'must be an entity tag from an `ETag` header, such as "3"')
  return { expectedRevision: Number(revision) }
}
