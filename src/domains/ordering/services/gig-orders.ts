import { isRefusal, type CommandOf } from '#kernel'
import type { Executor, Origin } from '../../../runtime/execution.ts'
import type { Caller } from '../../../serving/caller.ts'
import { forbidden, invalid, notFound, Problem } from '../../../serving/problem.ts'
import { refusalProblem } from '../../../serving/refusals.ts'
import { mustOwnMedia } from '../../media/services/own-media.ts'
import type { OrderId } from '../../shared/index.ts'
import { gigOrder, order, type Party, type PlacedGigOrder } from '../language.ts'
import { gigOrderChanged } from './order-answer.ts'

/** A request that concerns one order. */
export type Wish = {
  readonly params: { readonly id: OrderId }
  readonly caller: Caller
  readonly origin: Origin
  readonly expecting: { readonly expectedRevision?: number }
}

/** Reads an order of a gig; undefined when there is none with this id. */
export const gigOrderState = async (
  executor: Pick<Executor, 'stateOf'>,
  id: OrderId,
): Promise<PlacedGigOrder | undefined> => {
  const { state } = await executor.stateOf(gigOrder, id)
  return state.status === 'NEW' ? undefined : state
}

const ofProducts = (): Problem =>
  new Problem(409, 'not_a_gig', 'This is an order of products, which the shop ships.')

/** Sends a command to an order of a gig. @throws Problem when the order refuses it */
const sendToGigOrder = async (
  executor: Executor,
  { params: { id }, origin, expecting }: Omit<Wish, 'caller'>,
  command: CommandOf<typeof gigOrder>,
) => {
  const answer = await executor.execute(gigOrder, id, command, origin, expecting)
  if (isRefusal(answer)) throw refusalProblem(gigOrder, answer)
  return gigOrderChanged(id, answer)
}

/**
 * Sends a command of a party to an order of a gig. Not even an admin speaks for a party.
 * @throws Problem 403 for anybody else, 404 without such an order, 409 for one of products, and when it is refused
 */
export const commandOf = async (
  executor: Executor,
  wish: Wish,
  party: Party,
  command: CommandOf<typeof gigOrder>,
) => {
  const { params, caller } = wish
  const state = await gigOrderState(executor, params.id)
  if (!state) {
    const { state: ofOrder } = await executor.stateOf(order, params.id)
    if (ofOrder.status === 'NEW') throw notFound('order')
    throw caller.id === ofOrder.userId ? ofProducts() : forbidden()
  }
  if (caller.id !== (party === 'buyer' ? state.userId : state.sellerId))
    throw forbidden(
      party === 'buyer'
        ? 'Only the buyer of the order may do this.'
        : 'Only the seller of the order may do this.',
    )
  if (command.type === 'DeliverGigOrder' && command.data.mediaIds)
    await mustOwnMedia(executor, caller.id, command.data.mediaIds, 'mediaIds')
  return sendToGigOrder(executor, wish, command)
}

/**
 * Cancels an order of a gig for the caller, or proposes that.
 * @throws Problem 403 for anybody but the parties and admins, 400 for an admin without a reason
 */
export const cancelGigOrder = async (
  executor: Executor,
  wish: Wish,
  { userId, sellerId }: PlacedGigOrder,
  words: string | undefined,
) => {
  const { id, roles } = wish.caller
  const side: Party | 'admin' = id === userId ? 'buyer' : id === sellerId ? 'seller' : 'admin'
  if (side === 'admin' && !roles.includes('admin')) throw forbidden()
  if (side === 'admin' && words === undefined)
    throw invalid('reason', 'is needed: both parties read why their order is cancelled')
  const said = words === undefined ? {} : { words }
  return sendToGigOrder(executor, wish, { type: 'CancelGigOrder', data: { side, ...said } })
}
