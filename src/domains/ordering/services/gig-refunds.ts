import type { Executor, Origin } from '../../../runtime/execution.ts'
import type { Money, OrderId, RefundId } from '../../shared/index.ts'
import { gigOrder } from '../language.ts'

/**
 * Requests a refund of a completed order of a gig.
 * @param wanted its amount; all that remains, if it is missing
 * @returns the answer, or the refusal of the order
 */
export const requestGigRefund = (
  executor: Executor,
  id: OrderId,
  {
    refundId,
    amount,
    reason,
  }: { readonly refundId: RefundId; readonly amount?: Money; readonly reason: string },
  origin: Origin,
  expecting: { readonly expectedRevision?: number } = {},
) => {
  const data = { refundId, reason, ...(amount && { amount }) }
  return executor.execute(gigOrder, id, { type: 'RequestGigRefund', data }, origin, expecting)
}
