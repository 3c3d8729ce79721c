import { orders } from '../../../projections/index.ts'
import type { ReadModels } from '../../../runtime/reading.ts'
import { responseTimeOf, type ResponseTime } from '../../chat/services/response-times.ts'
import type { UserId } from '../../shared/index.ts'
import type { ProfileDocument, Shown } from './visibility.ts'

/** What a profile shows of the work of a seller. */
type SellersWork = {
  readonly ordersDone?: number | undefined
  readonly responseTime?: ResponseTime | undefined
}

/** Counts the completed orders of a seller's gigs. */
const ordersDoneBy = async (
  readModels: Pick<ReadModels, 'find'>,
  sellerId: UserId,
): Promise<number> => {
  const where = { sellerId, status: { in: ['COMPLETED', 'PARTLY_REFUNDED'] } }
  return (await readModels.find(orders, { where, sort: ['-createdAt'], limit: 1 })).total
}

/**
 * Returns the parts of an answer about the work of a seller; for others, and hidden profiles, both are undefined.
 * @param visible whether the caller may see the whole profile
 */
export const sellersWork = (
  ports: Parameters<typeof responseTimeOf>[0],
  { id, seller }: Pick<ProfileDocument, 'id' | 'seller'>,
  visible: boolean,
) => {
  const isShown = visible && seller !== undefined
  return {
    ordersDone: async () => (isShown ? ordersDoneBy(ports.readModels, id) : undefined),
    responseTime: async () => (isShown ? responseTimeOf(ports, id) : undefined),
  }
}

/** Returns a profile with what was found about the work of its seller. */
export const withWork = (profile: Shown, { ordersDone, responseTime }: SellersWork): Shown => ({
  ...profile,
  ...(ordersDone !== undefined && { ordersDone }),
  ...(responseTime && { responseTime }),
})
