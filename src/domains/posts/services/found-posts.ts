import { Type } from 'typebox'
import { composed } from '#kernel'
import { posts, searchPosts } from '../../../projections/index.ts'
import type { Caller } from '../../../serving/caller.ts'
import { minPositionOf } from '../../../serving/lists.ts'
import type { Ports } from '../../../serving/ports.ts'
import {
  searched,
  type FoundPage,
  type SearchAsking,
  type ShownHit,
} from '../../../serving/searching.ts'
import { readableAmong } from '../../profiles/services/reading-rights.ts'
import { shownPosts, type ShownPost } from './shown-posts.ts'

/** Filters of posts. */
export const postFilters = {
  tag: Type.Optional(
    composed(
      Type.String({
        minLength: 1,
        maxLength: 100,
        description: 'A tag of the post, with or without its sign',
      }),
    ),
  ),
}

/** Values of the filters. */
export type PostFilters = { readonly tag?: string }

/** Most searches for one page, where a caller may not read most of what is found. */
const mostSearches = 10

/** A page of hits from one search, as far as the caller may read them. */
const readableHits = async (
  ports: Pick<Ports, 'readModels' | 'cursors' | 'apiUrl'>,
  caller: Caller,
  asking: SearchAsking,
  { tag }: PostFilters,
): Promise<FoundPage<ShownPost>> => {
  const name = tag?.replace(/^#/, '')
  const found = await searched(
    ports,
    searchPosts,
    asking,
    name === undefined ? {} : { where: { tagLine: { contains: ` ${name} ` } } },
  )
  if (found.hits.length === 0) return { ...found, hits: [] }
  const minPosition = minPositionOf(asking)
  const ids = found.hits.map(({ document }) => document.id)
  const authors = found.hits.map(({ document }) => document.userId)
  const [{ documents, position }, readable] = await Promise.all([
    ports.readModels.find(
      posts,
      { where: { id: { in: ids } }, limit: ids.length, counted: false },
      minPosition,
    ),
    readableAmong(ports.readModels, caller, authors, minPosition),
  ])
  const seen = documents.filter(({ userId }) => readable.has(userId))
  const shown = new Map(
    (await shownPosts(ports, caller, seen, minPosition)).map((one) => [String(one.id), one]),
  )
  const hits = found.hits.flatMap(({ id, document, highlights }): ShownHit<ShownPost>[] => {
    const post = shown.get(id)
    if (!post) return []
    const isCurrent = post.content === document.content
    return [
      {
        id,
        document: post,
        highlights: highlights.filter(({ field }) => field === 'content' && isCurrent),
      },
    ]
  })
  return { ...found, hits, position: position < found.position ? position : found.position }
}

/**
 * Searches posts. Those of authors whom the caller may not read are left out, and not counted, as the number of hits would
 * tell whether they contain a word: pages are filled from further hits, and the total goes no further than the page.
 * @throws Problem 400 as `searched`
 */
export const foundPosts = async (
  ports: Pick<Ports, 'readModels' | 'cursors' | 'apiUrl'>,
  caller: Caller,
  { tag, ...asking }: SearchAsking & PostFilters,
): Promise<FoundPage<ShownPost>> => {
  const { limit = 20 } = asking
  const filters = tag === undefined ? {} : { tag }
  let page = await readableHits(ports, caller, asking, filters)
  for (let nth = 1; nth < mostSearches; nth += 1) {
    const { nextCursor, hits, position } = page
    if (nextCursor === undefined || hits.length >= limit) break
    const rest = { ...asking, cursor: nextCursor, limit: limit - hits.length }
    const next = await readableHits(ports, caller, rest, filters)
    page = {
      ...next,
      hits: [...hits, ...next.hits],
      position: next.position < position ? next.position : position,
    }
  }
  return { ...page, total: page.hits.length + (page.nextCursor === undefined ? 0 : 1) }
}
