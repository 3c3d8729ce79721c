import { Type } from 'typebox'
import { media, searchMedia } from '../../../projections/index.ts'
import type { Caller } from '../../../serving/caller.ts'
import { minPositionOf } from '../../../serving/lists.ts'
import type { Ports } from '../../../serving/ports.ts'
import { searched, type FoundPage, type SearchAsking } from '../../../serving/searching.ts'
import { MediaKind } from '../language.ts'
import { shownMedia, type ShownMedia } from './media-answer.ts'

/** Filters of files. */
export const mediaFilters = { kind: Type.Optional(MediaKind) }

/** Searches the files of the caller by their names. @throws Problem 400 as `searched` */
export const foundMedia = async (
  ports: Pick<Ports, 'readModels' | 'cursors'> & Parameters<typeof shownMedia>[0],
  caller: Caller,
  { kind, ...asking }: SearchAsking & { readonly kind?: MediaKind },
): Promise<FoundPage<ShownMedia>> => {
  const page = await searched(ports, searchMedia, asking, {
    where: { userId: caller.id, ...(kind !== undefined && { kind }) },
  })
  const ids = page.hits.map(({ document }) => document.id)
  if (ids.length === 0) return { ...page, hits: [] }
  const { documents, position } = await ports.readModels.find(
    media,
    { where: { id: { in: ids } }, limit: ids.length, counted: false },
    minPositionOf(asking),
  )
  const shown = new Map(documents.map((one) => [one.id, shownMedia(ports, one.id, one)]))
  return {
    ...page,
    // A file that was deleted meanwhile is left out.
    hits: page.hits.flatMap(({ document: { id }, ...hit }) => {
      const document = shown.get(id)
      return document ? [{ ...hit, document }] : []
    }),
    position: position < page.position ? position : page.position,
  }
}
