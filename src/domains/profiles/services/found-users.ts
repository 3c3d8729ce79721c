import type { UserId } from '../../shared/index.ts'
import type { Highlight, Hit } from '../../../platform/storage/search/port.ts'
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
): readonly Highlight[] =>
  highlights.flatMap(({ field, ranges }) => {
    if (!isSearched(field) || user[shownAs[field]] !== document[field]) return []
    return [{ field: shownAs[field], ranges }]
  })

/**
 * Searches users. Hits show what `profiles` has of them by now, as far as the caller may see it: a user that was found
 * only by what the caller may not see, or not any more, is left out.
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
  const hits = found.hits.flatMap((hit): ShownHit<Shown>[] => {
    const user = users.get(hit.id)
    if (!user) return []
    const highlights = seenHighlights(hit, user)
    const isFoundByHidden = hit.highlights.length > 0 && highlights.length === 0
    return isFoundByHidden ? [] : [{ id: hit.id, document: user, highlights }]
  })
  return { ...found, hits, position: position < found.position ? position : found.position }
}
