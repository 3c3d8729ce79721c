import { isRefusal } from '#kernel'
import { derivedOrigin } from '../../../serving/derived-origin.ts'
import type { Erasing, ErasingPorts } from '../../../serving/erase.ts'
import { Channel, notification, notificationIdOf } from '../../notifications/language.ts'
import type { OrderId } from '../../shared/index.ts'
import { gigOrder, type Party, type PlacedGigOrder } from '../language.ts'

/** Type and cause of a notification. */
type News = readonly [type: string, ...cause: readonly string[]]

/** Returns the notifications that may still be requested after a party has left: those of the last step, and of the end. */
const newsOf = (
  { status, accepted, deliveries, revised, refunds }: PlacedGigOrder,
  party: Party,
): readonly News[] => {
  const last = String(deliveries)
  const proposal: News = ['gig_cancellation_proposed', String(deliveries + revised)]
  const end: News =
    status === 'CANCELLED'
      ? ['gig_cancelled']
      : [party === 'buyer' ? 'gig_accepted' : 'gig_completed']
  // An accepted order is cancelled if its money cannot be taken.
  const ends: readonly News[] = accepted ? [end, ['gig_cancelled']] : [end]
  if (party === 'seller')
    return [...ends, proposal, ['gig_ordered'], ['gig_revision_requested', last]]
  const refunded = Object.keys(refunds).map((refund): News => ['order_refunded', refund])
  return [...ends, proposal, ['gig_delivered', last], ['gig_overdue', last], ...refunded]
}

/** Ends an order of a gig as a party leaves, and erases their words and the notifications of them. */
export const releaseFromParty = async (
  id: OrderId,
  side: Party,
  { origin }: Erasing,
  { executor: { execute } }: ErasingPorts,
): Promise<void> => {
  const command = { type: 'LetPartyGo' as const, data: { side } }
  const answer = await execute(gigOrder, id, command, derivedOrigin(origin, id, side))
  if (isRefusal(answer) || answer.state.status === 'NEW') return
  // The saga may be about to request these; forgetting them first prevents that.
  for (const [type, ...cause] of newsOf(answer.state, side))
    for (const channel of Channel.enum) {
      const about = type === 'order_refunded' ? cause : [side, ...cause]
      const of = notificationIdOf(id, type, channel, ...about)
      const forget = { type: 'ForgetNotification' as const, data: {} }
      await execute(notification, of, forget, derivedOrigin(origin, of))
    }
}
