import { asId, type DocumentOf } from '#kernel'
import { orders } from '../../../projections/index.ts'
import { readOne } from '../../../runtime/reading.ts'
import { ownsOrAdmin, type Caller } from '../../../serving/caller.ts'
import type { Ports } from '../../../serving/ports.ts'
import { forbidden, invalid, notFound, Problem } from '../../../serving/problem.ts'
import { product } from '../../catalog/language.ts'
import { gig } from '../../gigs/language.ts'
import { GigId, ProductId, UserId, type OrderId } from '../../shared/index.ts'
import type { Look } from '../../../runtime/resting-on.ts'
import {
  couldBeRead,
  review,
  reviewIdOf,
  SubjectId,
  type ReviewerRole,
  type SubjectType,
} from '../language.ts'

type OrderDocument = DocumentOf<typeof orders>
type Reading = Pick<Ports, 'readModels' | 'executor'>

/** What a review is about. */
export type Subject = {
  readonly subjectType: SubjectType
  readonly subjectId: SubjectId
  readonly orderId?: OrderId
}

/** What the orders say about an author and a subject. */
type Standing = {
  readonly verified: boolean
  readonly reviewedId?: UserId
  readonly role?: ReviewerRole
}

/** Statuses of an order whose products belong to the buyer. */
const bought = ['CONFIRMED', 'SHIPPED', 'DELIVERED', 'COMPLETED', 'PARTLY_REFUNDED'] as const

/** Number of orders that one query reads. */
const pageSize = 100

const isBought = ({ status }: OrderDocument): boolean => bought.some((one) => one === status)

const holds = ({ items }: OrderDocument, subjectId: SubjectId): boolean =>
  items.some(({ refId }: { readonly refId: string }) => refId === subjectId)

/** Whether an order is completed, refunded in part or not. */
const isCompleted = ({ status, sellerId }: OrderDocument): boolean =>
  status === 'COMPLETED' || (status === 'PARTLY_REFUNDED' && sellerId !== undefined)

/** Returns whether a caller is the buyer or the seller of an order, or an admin. */
export const isParty = (caller: Caller, order: OrderDocument): boolean =>
  ownsOrAdmin(caller, order.userId) || caller.id === order.sellerId

/** Reads an order that must fulfil a condition; one that does not yet is read again, as of the head of the log. */
const orderWhen = async (
  { readModels }: Pick<Reading, 'readModels'>,
  id: OrderId,
  fulfils: (order: OrderDocument) => boolean,
): Promise<OrderDocument> => {
  const { document } = await readOne(readModels, orders, id)
  if (document && fulfils(document)) return document
  const head = await readModels.reach(orders, 'head')
  const { document: now } = await readModels.get(orders, id, head)
  if (!now) throw notFound('order', 'orderId')
  return now
}

const notCompleted = (): Problem =>
  new Problem(409, 'order_not_completed', 'This order is not completed yet; review it afterwards.')

const notHeld = (what: string): Problem => invalid('orderId', `must be of an order of this ${what}`)

const missing = (): Problem =>
  invalid('orderId', 'is needed: gigs and people are reviewed by the parties of an order')

/** Returns whether a user has bought a product, by an order that can still be refunded or not. */
const hasBought = async (
  { readModels }: Pick<Reading, 'readModels'>,
  userId: UserId,
  productId: SubjectId,
): Promise<boolean> => {
  const minPosition = await readModels.reach(orders, 'head')
  for (let offset = 0; ; offset += pageSize) {
    const { documents } = await readModels.find(
      orders,
      {
        where: { userId, status: { in: [...bought] } },
        sort: ['-createdAt'],
        limit: pageSize,
        offset,
      },
      minPosition,
    )
    if (documents.some((order) => holds(order, productId))) return true
    if (documents.length < pageSize) return false
  }
}

const ofProduct = async (
  ports: Reading,
  caller: Caller,
  { subjectId, orderId }: Subject,
): Promise<Standing> => {
  const { state } = await ports.executor.stateOf(product, asId(ProductId, subjectId))
  if (state.status !== 'listed') throw notFound('product', 'subjectId')
  if (orderId === undefined) return { verified: await hasBought(ports, caller.id, subjectId) }
  const order = await orderWhen(ports, orderId, isBought)
  if (order.userId !== caller.id) throw forbidden('This order belongs to another user.')
  if (!holds(order, subjectId)) throw notHeld('product')
  if (!isBought(order)) throw notCompleted()
  return { verified: true }
}

/** Reads a completed order of the caller, who is its buyer or its seller. @throws Problem 400, 403, 404 or 409 */
const completedOrder = async (ports: Reading, caller: Caller, orderId: OrderId | undefined) => {
  if (orderId === undefined) throw missing()
  const order = await orderWhen(ports, orderId, isCompleted)
  const { sellerId } = order
  if (order.userId !== caller.id && sellerId !== caller.id)
    throw forbidden('Only the parties of an order may review it.')
  return { order, sellerId, role: order.userId === caller.id ? 'buyer' : 'seller' } as const
}

const ofGig = async (
  ports: Reading,
  caller: Caller,
  { subjectId, orderId }: Subject,
): Promise<Standing> => {
  const { state } = await ports.executor.stateOf(gig, asId(GigId, subjectId))
  if (state.status === 'NEW') throw notFound('gig', 'subjectId')
  const reviewedId = state.sellerId
  const { order, role } = await completedOrder(ports, caller, orderId)
  if (!holds(order, subjectId)) throw notHeld('gig')
  if (!isCompleted(order)) throw notCompleted()
  return { verified: true, reviewedId, role }
}

const ofPerson = async (
  ports: Reading,
  caller: Caller,
  { subjectId, orderId }: Subject,
): Promise<Standing> => {
  const reviewedId = asId(UserId, subjectId)
  // The decider refuses it; an order has nothing to add.
  if (reviewedId === caller.id) return { verified: false, reviewedId }
  const { order, sellerId, role } = await completedOrder(ports, caller, orderId)
  const other = role === 'buyer' ? sellerId : order.userId
  if (reviewedId !== other) throw invalid('subjectId', 'must be the other party of the order')
  if (!isCompleted(order)) throw notCompleted()
  return { verified: true, reviewedId, role }
}

/**
 * Finds out by which right a caller reviews a subject.
 * @throws Problem 404 when there is no such subject or order, 400 when the order is missing or does not hold the subject,
 * 403 when the order belongs to others, 409 before its completion
 */
export const standingOf = (ports: Reading, caller: Caller, subject: Subject): Promise<Standing> =>
  ({ product: ofProduct, gig: ofGig, user: ofPerson })[subject.subjectType](ports, caller, subject)

/**
 * Refuses a review of a person once its author could have read what that person wrote of them.
 * @throws Problem 409 when the other side's review of the order has been revealed
 */
export const mustBeOpen = async (
  look: Look,
  { subjectType, subjectId, orderId, authorId }: Subject & { readonly authorId: UserId },
): Promise<void> => {
  if (subjectType !== 'user') return
  const reviewedId = asId(UserId, subjectId)
  const others = reviewIdOf('user', asId(SubjectId, authorId), orderId, reviewedId)
  if (couldBeRead(await look(review, others)))
    throw new Problem(
      409,
      'reviews_closed',
      'The other side’s review is open already, so this order can no longer be reviewed.',
    )
}
