import { isRefusal } from '#kernel'
import { restingOn, type Look } from '../../../runtime/resting-on.ts'
import type { Executor, Origin } from '../../../runtime/execution.ts'
import { invalid, Problem } from '../../../serving/problem.ts'
import { refusalProblem } from '../../../serving/refusals.ts'
import type { Answer } from '../../../serving/route.ts'
import { gig, isThere } from '../../gigs/language.ts'
import { account } from '../../identity/language.ts'
import { mustBeHere, mustNotBeBlocked } from '../../profiles/services/contact.ts'
import { inOneLine, type GigId, type Money, type OrderId, type UserId } from '../../shared/index.ts'
import { gigOrder } from '../language.ts'
import { gigOrderChanged, type Order } from './order-answer.ts'

/** An order of a package of a gig, as a buyer sends it. */
export type WantedGig = {
  readonly userId: UserId
  readonly gigId: GigId
  readonly package: string
  readonly requirements?: string
  readonly paymentToken: string
  readonly agreedTotal?: Money
}

const noSuchGig = (): Problem =>
  new Problem(404, 'no_such_gig', 'items[0].refId is no gig that is offered.', [
    { field: 'items[0].refId', message: 'is no gig that is offered' },
  ])

const gigPaused = (): Problem =>
  new Problem(409, 'gig_paused', 'This gig takes no orders for now; try again later.', [
    { field: 'items[0].refId', message: 'takes no orders for now' },
  ])

/** Names that differ in case only are the same name to a reader, as they are within a gig. */
const sameName = (one: string, other: string): boolean =>
  one.trim().toLowerCase() === other.trim().toLowerCase()

/** Returns what is ordered, as it is offered at this moment. @throws Problem 400, 403, 404 or 409 */
const offered = async (look: Look, { userId, gigId, package: wanted }: WantedGig) => {
  const state = await look(gig, gigId)
  if (!isThere(state) || state.status === 'DRAFT') throw noSuchGig()
  const { sellerId, title } = state
  if (sellerId !== userId) {
    await mustBeHere(look, sellerId)
    await mustNotBeBlocked(look, userId, sellerId)
    // Its gigs are suspended by a job, a moment after the account.
    if ((await look(account, sellerId)).status === 'suspended') throw gigPaused()
  }
  if (state.status === 'PAUSED') throw gigPaused()
  const found = state.packages.find(({ name }) => sameName(name, wanted))
  if (!found)
    throw invalid(
      'items[0].package',
      `must be a package of the gig: ${state.packages.map(({ name }) => name).join(', ')}`,
    )
  const { name, price, deliveryDays, revisions } = found
  // Recorded words may hold any characters.
  const words = { title: inOneLine(title) || gigId, package: inOneLine(name) || gigId }
  return { sellerId, price, deliveryDays, revisions, ...words }
}

/**
 * Places an order of a gig, at the terms that the gig has at this moment.
 * @throws Problem 400 without such a package, 403 for the own gig and between users of whom one blocks the other, 404
 * without such a gig, 409 for a paused one, one of a suspended seller, and a price that is not the agreed one
 */
export const placeGigOrder = async (
  executor: Executor,
  id: OrderId,
  wanted: WantedGig,
  origin: Origin,
): Promise<Answer<Order>> => {
  const { userId, gigId, requirements, paymentToken, agreedTotal } = wanted
  const answer = await restingOn(
    executor,
    (look) => offered(look, wanted),
    (terms, bases) => {
      const said = requirements === undefined ? {} : { requirements }
      const agreed = agreedTotal && { agreedTotal }
      const data = { userId, gigId, paymentToken, ...terms, ...said, ...agreed }
      const command = { type: 'PlaceGigOrder' as const, data }
      return executor.execute(gigOrder, id, command, origin, { bases })
    },
  )
  if (isRefusal(answer)) throw refusalProblem(gigOrder, answer)
  return { ...gigOrderChanged(id, answer), location: `/orders/${id}` }
}
