import type { FastifyRequest } from 'fastify'
import { invalid } from './problem.ts'

/** A stream's revision as an entity tag (RFC 9110 §8.8.3). */
export const tagOf = (revision: number): string => `"${revision}"`

/**
 * The revision that a request wants the thing to be at, by `If-Match` (RFC 9110 §13.1.1). `*` asks for nothing more
 * than that it exists, which every command checks anyway.
 * @throws Problem 400 when it is no entity tag of ours
 */
export const expectedRevisionOf = ({
  headers,
}: Pick<FastifyRequest, 'headers'>): { readonly expectedRevision?: number } => {
  const tag = headers['if-match']
  if (tag === undefined || tag === '*') return {}
  const revision = /^"(\d{1,15})"$/.exec(tag)?.[1]
  if (revision === undefined)
    throw invalid('If-Match', 'must be an entity tag as it came in `ETag`, such as "3"')
  return { expectedRevision: Number(revision) }
}
