import { Type, type Static } from 'typebox'
import type { DocumentOf } from '#kernel'
import { profiles } from '../../../projections/index.ts'
import { readOne, type ReadModels } from '../../../runtime/reading.ts'
import { UserId } from '../../shared/index.ts'

/** A seller, as everybody sees them. */
export const Seller = Type.Object({
  id: UserId,
  username: Type.Optional(Type.String()),
  name: Type.Optional(Type.String({ description: 'Absent unless the profile is public' })),
  displayName: Type.Optional(
    Type.String({ description: 'The name of the shop; absent unless the profile is public' }),
  ),
})
export type Seller = Static<typeof Seller>

/** Names of a seller; the ones of a hidden or suspended profile stay hidden, except for the username. */
const sellerOf = (id: UserId, profile: DocumentOf<typeof profiles> | undefined): Seller => {
  if (!profile) return { id }
  const { username, name, seller, privacy, suspended } = profile
  if (privacy !== 'public' || suspended) return { id, username }
  return {
    id,
    username,
    ...(name !== undefined && { name }),
    ...(seller && { displayName: seller.displayName }),
  }
}

/** Reads the present names of a seller. @param minPosition the answer includes all events up to it */
export const sellerNow = async (
  readModels: ReadModels,
  id: UserId,
  minPosition?: bigint,
): Promise<Seller> => sellerOf(id, (await readOne(readModels, profiles, id, minPosition)).document)

/**
 * Reads the present names of the sellers of some gigs, by one query.
 * @param minPosition the answer includes all events up to it
 * @returns a function from a gig to its seller
 */
export const sellersNow = async (
  readModels: Pick<ReadModels, 'find'>,
  gigs: readonly { readonly sellerId: UserId }[],
  minPosition?: bigint,
): Promise<(gig: { readonly sellerId: UserId }) => Seller> => {
  const ids = [...new Set(gigs.map(({ sellerId }) => sellerId))]
  if (ids.length === 0) return ({ sellerId }) => ({ id: sellerId })
  const { documents } = await readModels.find(
    profiles,
    { where: { id: { in: ids } }, limit: ids.length },
    minPosition,
  )
  const byId = new Map(documents.map((document) => [document.id, document]))
  return ({ sellerId }) => sellerOf(sellerId, byId.get(sellerId))
}
