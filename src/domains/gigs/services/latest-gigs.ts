import { gigs as all } from '../../../projections/index.ts'
import type { ReadModels } from '../../../runtime/reading.ts'
import type { UserId } from '../../shared/index.ts'
import { shownGig, type ShownGig } from './gig-answer.ts'
import { sellersNow } from './sellers.ts'

/** Reads the latest published gigs of a seller, and the number of all. @param limit of the read gigs */
export const latestGigsOf = async (
  readModels: Pick<ReadModels, 'find'>,
  sellerId: UserId,
  limit: number,
): Promise<{ readonly gigs: ShownGig[]; readonly total: number }> => {
  const { documents, total } = await readModels.find(all, {
    where: { sellerId, status: 'PUBLISHED' },
    sort: ['-createdAt'],
    limit,
  })
  const sellerOf = await sellersNow(readModels, documents)
  return { gigs: documents.map((document) => shownGig(document, sellerOf(document))), total }
}
