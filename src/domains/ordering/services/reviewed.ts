import { Type, type Static } from 'typebox'
import { Fields, type DocumentOf } from '#kernel'
import { reviews, type orders } from '../../../projections/index.ts'
import type { ReadModels } from '../../../runtime/reading.ts'
import { partialAnswer } from '../../../serving/partial-answer.ts'
import type { AnyOrderStatus } from '../language.ts'

/** Which parties of an order have written a review that names it. */
export const Reviewed = Fields(
  { buyer: Type.Boolean(), seller: Type.Boolean() },
  { description: 'Whether the parties have reviewed it; absent before it is confirmed' },
)
export type Reviewed = Static<typeof Reviewed>

/** Statuses without any review: orders in them are read often, and cost no second query. */
const unreviewed: ReadonlySet<AnyOrderStatus> = new Set([
  'PENDING',
  'STOCK_RESERVED',
  'PAID',
  'IN_PROGRESS',
  'IN_REVISION',
  'REJECTED',
  'CANCELLED',
])

/** Greatest number of reviews that are read: one for each line, and one by each party. */
const maxReviews = 102

/**
 * Reads which parties of an order have reviewed it.
 * @returns the parties, or the name of the part when the reviews are not available; nothing before the confirmation
 */
export const reviewedBy = async (
  readModels: Pick<ReadModels, 'find'>,
  { id, status }: Pick<DocumentOf<typeof orders>, 'id' | 'status'>,
): Promise<{ readonly reviewed?: Reviewed; readonly partial?: readonly string[] }> => {
  if (unreviewed.has(status)) return {}
  const query = { where: { orderId: id }, sort: ['createdAt'], limit: maxReviews }
  const { found, partial } = await partialAnswer({
    reviewed: async () => (await readModels.find(reviews, query)).documents,
  })
  if (!found.reviewed) return partial ? { partial } : {}
  const seller = found.reviewed.some(({ role }) => role === 'seller')
  const buyer = found.reviewed.some(({ role }) => role !== 'seller')
  return { reviewed: { buyer, seller } }
}
