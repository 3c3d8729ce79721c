import type { UserId } from '../../shared/index.ts'
import type { Highlight, Hit } from '../../../platform/storage/search/port.ts'
import { rankOf } from '../../../platform/storage/search/ranking.ts'
import { wordsOf, wordsOfQuery } from '../../../platform/storage/search/words.ts'
import { profiles, searchUsers } from '../../../projections/index.ts'
import type { Caller } from '../../../serving/caller.ts'
import { minPositionOf } from '../../../serving/lists.ts'
import type { Ports } from '../../../serving/ports.ts'
import {
  searched,
  type FoundPage,
  type SearchAsking,
  type ShownHit,
} from '../../../serving/searching.ts'
import type { DocumentOf } from '#kernel'
import { shownAll, type Shown } from './visibility.ts'

/** Field of an answer for each field that users are found by. */
const shownAs = { username: 'username', publicName: 'name', publicBio: 'bio' } as const

const isSearched = (field: string): field is keyof typeof shownAs => Object.hasOwn(shownAs, field)

/** Highlights in what the caller sees of a user, where it still is the text that was searched. */
const seenHighlights = (
  { document, highlights }: Pick<Hit<DocumentOf<typeof searchUsers>>, 'document' | 'highlights'>,
  user: Shown,
): readonly (Highlight & { readonly text: string })[] =>
  highlights.flatMap(({ field, ranges }) => {
    const text = isSearched(field) ? document[field] : undefined
    if (!isSearched(field) || text === undefined || user[shownAs[field]] !== text) return []
    return [{ field: shownAs[field], ranges, text }]
  })

/**
 * Searches users. Hits show what `profiles` has of them by now, as far as the caller may see it: a user of whom a word was
 * found only in what the caller may not see, or not any more, is left out, and not counted on this page.
 * @param asking text, limit, and cursor or page
 * @throws Problem 400 as `searched`
 */
export const foundUsers = async (
  ports: Pick<Ports, 'readModels' | 'cursors'>,
  caller: Caller,
  asking: SearchAsking & { readonly page?: number },
): Promise<FoundPage<Shown>> => {
  const { readModels } = ports
  const isAdmin = caller.roles.includes('admin')
  const conditions = isAdmin ? {} : { where: { suspended: false } }
  const found = await searched(ports, searchUsers, asking, conditions, asking)
  const ids = found.hits.map(({ document }): UserId => document.id)
  const { documents, position } =
    ids.length === 0
      ? { documents: [], position: found.position }
      : await readModels.find(
          profiles,
          {
            where: { id: { in: ids }, ...(!isAdmin && { suspended: false }) },
            limit: ids.length,
          },
          minPositionOf(asking),
        )
  const users = new Map(
    (await shownAll(readModels, caller, documents)).map((user) => [String(user.userId), user]),
  )
  const words = wordsOfQuery(asking.q ?? '')
  const hits = found.hits.flatMap((hit): ShownHit<Shown>[] => {
    const user = users.get(hit.id)
    if (!user) return []
    const seen = seenHighlights(hit, user)
    const isHidden = seen.length < hit.highlights.length
    if (
      isHidden &&
      rankOf(
        words,
        seen.map(({ text }) => wordsOf(text)),
      ) === undefined
    )
      return []
    const highlights = seen.map(({ field, ranges }) => ({ field, ranges }))
    return [{ id: hit.id, document: user, highlights }]
  })
  return {
    ...found,
    hits,
    total: found.total - (found.hits.length - hits.length),
    position: position < found.position ? position : found.position,
  }
}
