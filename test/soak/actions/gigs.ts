import type { KeptOrder } from '../kept.ts'
import type { Action, Member } from '../world.ts'

type Work = {
  readonly status: string
  readonly payment?: { readonly id: string; readonly status: string }
}

const workOf = async ({ call }: Member, id: string): Promise<Work> =>
  (await call('GET', `/orders/${id}`)).body?.data ?? { status: '' }

/** An order of a gig: declined, called off by both sides, or delivered, perhaps revised, completed and perhaps given back. */
const work: Action = async (world, me) => {
  const { admin, chance, kept, sellers, until, wrong } = world
  const seller = chance.oneOf(sellers.filter(({ member }) => member.id !== me.id))
  if (!seller) return
  const { member, gigId, price } = seller
  const isDeclined = chance.happens(0.1)
  const placed = await me.call('POST', '/orders', {
    items: [{ kind: 'gig', refId: gigId, package: 'Basic', quantity: 1 }],
    requirements: 'A heron on a blue ground',
    paymentMethod: { token: isDeclined ? 'tok_declined' : 'tok_ok' },
  })
  if (placed.status !== 202) return wrong('POST /orders', placed)
  const order: KeptOrder = {
    id: placed.body.data.id,
    buyer: me.id,
    kind: 'gig',
    seller: member.id,
    refId: gigId,
    pieces: 1,
    price,
    isCancelled: false,
    refundedPieces: 0,
    restockedPieces: 0,
    refundedAmount: 0,
    ...(isDeclined && { ends: 'CANCELLED' }),
  }
  kept.orders.set(order.id, order)
  const { status } = await until(
    () => workOf(me, order.id),
    (one) => one.status === 'IN_PROGRESS' || one.status === 'CANCELLED',
  )
  if (status === 'CANCELLED') return
  const path = `/orders/${order.id}`
  if (chance.happens(0.15)) {
    for (const side of [member, me]) {
      const agreed = await side.call('POST', `${path}/cancel`, { reason: 'It rains' })
      if (agreed.status !== 200) return wrong('POST /orders/:id/cancel of a gig', agreed)
    }
    order.isCancelled = true
    return
  }
  const deliver = () => member.call('POST', `${path}/deliver`, { message: 'Here it is' })
  const delivered = await deliver()
  if (delivered.status !== 200) return wrong('POST /orders/:id/deliver', delivered)
  if (chance.happens(0.3)) {
    const asked = await me.call('POST', `${path}/revision`, { message: 'A little bluer' })
    if (asked.status !== 200) return wrong('POST /orders/:id/revision', asked)
    const again = await deliver()
    if (again.status !== 200) return wrong('POST /orders/:id/deliver', again)
  }
  const completed = await me.call('POST', `${path}/complete`, {})
  if (completed.status !== 202) return wrong('POST /orders/:id/complete', completed)
  order.ends = 'COMPLETED'
  if (!chance.happens(0.25)) return
  const { payment } = await until(
    () => workOf(me, order.id),
    (one) => one.status === 'COMPLETED' && one.payment?.status === 'COMPLETED',
  )
  const amount = 1_000
  const money = { amount, currency: 'EUR' }
  const back = await admin.call('POST', `/payments/${payment?.id}/refund`, { amount: money })
  if (back.status !== 202) return wrong('POST /payments/:id/refund', back)
  order.refundedAmount = amount
  order.ends = 'PARTLY_REFUNDED'
}

export const gigs: readonly (readonly [weight: number, action: Action])[] = [[6, work]]
