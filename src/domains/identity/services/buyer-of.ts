import type { Executor } from '../../../runtime/execution.ts'
import { order } from '../../ordering/language.ts'
import type { OrderId, UserId } from '../../shared/index.ts'

/** Reads the buyer of an order. @returns undefined when there is no such order */
export const buyerOf = async (
  { stateOf }: Pick<Executor, 'stateOf'>,
  orderId: OrderId,
): Promise<UserId | undefined> => {
  const { state } = await stateOf(order, orderId)
  return state.status === 'NEW' ? undefined : state.userId
}
