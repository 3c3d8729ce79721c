import { media, mediaUses } from '../../../projections/index.ts'
import { ownsOrAdmin, type Caller } from '../../../serving/caller.ts'
import { listed, minPositionOf } from '../../../serving/lists.ts'
import type { Ports } from '../../../serving/ports.ts'
import type { UserId } from '../../shared/index.ts'
import type { MediaKind } from '../language.ts'

type Asking = Parameters<typeof listed>[2] & { readonly kind?: MediaKind }

/**
 * Lists the files of a user: all for owner and admins, for others those that a post, gig, product or profile refers to, which are
 * ready.
 * @throws Problem 400 as `listed`
 */
export const listedMedia = async (
  ports: Pick<Ports, 'readModels' | 'cursors'>,
  caller: Caller,
  userId: UserId,
  query: Asking,
) => {
  const { kind } = query
  if (ownsOrAdmin(caller, userId)) return listed(ports, media, query, { userId, kind })
  const found = await listed(ports, mediaUses, query, { userId, isPublic: true, kind })
  const ids = found.documents.map(({ id }) => id)
  if (ids.length === 0) return { ...found, documents: [] }
  const { documents, position } = await ports.readModels.find(
    media,
    { where: { id: { in: ids }, status: 'ready' }, limit: ids.length, counted: false },
    minPositionOf(query),
  )
  const byId = new Map(documents.map((one) => [one.id, one]))
  return {
    ...found,
    documents: ids.flatMap((id) => byId.get(id) ?? []),
    position: position < found.position ? position : found.position,
  }
}
