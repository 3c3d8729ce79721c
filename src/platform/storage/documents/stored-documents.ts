import type { AnyProjection } from '#kernel'
import { jsonOf, storable } from './json.ts'
import { compareTexts, inOrderOf, isBehind, matches } from './matching.ts'
import type { Found, Keyed, Query } from './port.ts'
import { resolveQuery } from './resolved-query.ts'

/** A document in memory: as text as well, so that no reader can change the stored one. */
export type StoredDocument = { readonly json: string; readonly document: unknown }

/** A document as a store in memory holds it. */
export const stored = (value: unknown): StoredDocument => {
  const json = jsonOf(value)
  return { json, document: JSON.parse(json) as unknown }
}

/** A copy of a stored document. */
export const copyOf = <Document>({ json }: StoredDocument): Document =>
  // What was written for a projection is of its document's type.
  JSON.parse(json) as Document

/**
 * Finds documents in memory.
 * @throws InvalidQuery when the query asks for what the document's schema does not have
 */
export const findIn = <Document>(
  documents: ReadonlyMap<string, StoredDocument>,
  projection: AnyProjection,
  query: Query,
): Found<Document> => {
  const resolved = resolveQuery(projection, query)
  const { offset, limit } = resolved
  const inOrder = inOrderOf(resolved)
  const found = [...documents]
    .filter(([, { document }]) => matches(document, resolved))
    .toSorted(([a, left], [b, right]) => inOrder([a, left.document], [b, right.document]))
  const shown = found.filter(([key, { document }]) => isBehind(key, document, resolved))
  const page = shown.slice(offset, offset + limit)
  return {
    documents: page.map(([, one]) => copyOf(one)),
    total: resolved.counted ? found.length : offset + page.length,
  }
}

/** Documents in memory in the order of their keys, as `DocumentStore.scan` returns them. */
export const scanIn = (
  documents: ReadonlyMap<string, StoredDocument>,
  { after, limit }: { readonly after?: string; readonly limit: number },
): readonly Keyed[] =>
  [...documents]
    .filter(([key]) => after === undefined || compareTexts(key, storable(after)) > 0)
    .toSorted(([a], [b]) => compareTexts(a, b))
    .slice(0, limit)
    .map(([key, one]) => [key, copyOf(one)])
