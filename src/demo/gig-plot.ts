import { randomUUID } from 'node:crypto'
import { Type, type Static } from 'typebox'
import { client, type Client } from '../edges/cli/client.ts'
import { LogPage, type MaskedEvent } from '../edges/cli/answers.ts'
import { until } from './plot.ts'

const Id = Type.Object({ id: Type.String() })
const User = Type.Object({ userId: Type.String() })
const Me = Type.Object({ roles: Type.Array(Type.String()) })
const Nothing = Type.Unknown()

const Order = Type.Object({
  id: Type.String(),
  status: Type.String(),
  payment: Type.Optional(Type.Object({ id: Type.String(), status: Type.String() })),
})
type Order = Static<typeof Order>

const Reviews = Type.Object({
  reviews: Type.Array(Type.Object({ rating: Type.Integer(), sealed: Type.Boolean() })),
})

/** One request of a party, and what followed from it. */
export type GigStep = {
  /** Name of the party. */
  readonly party: string
  /** `POST /orders/:id/deliver` */
  readonly request: string
  /** Status of the order once it has followed. */
  readonly status: string
  /** Events of the order and its payment since the step before. */
  readonly events: readonly MaskedEvent[]
  /** Time in ms since 1970, by the clock of this process. */
  readonly sentAt: number
}

/** Outcome of the order of a gig. */
export type GigStory = {
  readonly steps: readonly GigStep[]
  readonly order: Order
  /** Reviews by both sides, that everybody can read. */
  readonly reviews: readonly { readonly rating: number; readonly sealed: boolean }[]
}

/** A seller with a published gig. */
type Stall = AsyncDisposable & {
  readonly seller: Client
  readonly sellerId: string
  readonly gigId: string
}

const gig = {
  title: 'A logo for your workshop',
  description: 'Drawn by hand.',
  category: 'demo',
  packages: [
    {
      name: 'Basic',
      description: 'One proposal',
      price: { amount: 5_000, currency: 'EUR' },
      deliveryDays: 3,
      revisions: 1,
    },
  ],
}

const openStall = async (admin: Client, signal: AbortSignal): Promise<Stall> => {
  const password = randomUUID()
  const username = `grace${password.slice(0, 8)}`
  const email = `${username}@agora.example`
  const registration = { email, username, password, name: 'Grace' }
  const { userId: sellerId } = await admin.call(User, 'POST', '/auth/register', registration)
  const seller = client({ url: admin.url, signal, credentials: async () => ({ email, password }) })
  await seller.call(Nothing, 'POST', '/users/me/seller', { displayName: 'Logos' })
  await until('The role of a seller', signal, async () => {
    const { roles } = await seller.call(Me, 'GET', '/users/me')
    return roles.includes('seller') ? true : undefined
  })
  // The role comes with a new token.
  await seller.signIn()
  const { id: gigId } = await seller.call(Id, 'POST', '/gigs', gig)
  await seller.call(Nothing, 'POST', `/gigs/${gigId}/publish`)
  return {
    seller,
    sellerId,
    gigId,
    [Symbol.asyncDispose]: () =>
      seller.call(Nothing, 'DELETE', `/gigs/${gigId}`).then(() => undefined),
  }
}

/** Returns a reader of the new events of an order of a gig and its payment. */
const eventsOf = (admin: Client, head: string) => {
  let cursor = head
  return async (orderId: string, paymentId: string | undefined) => {
    const found: MaskedEvent[] = []
    for (;;) {
      const path = `/analytics/events?cursor=${cursor}&limit=1000`
      const page = await admin.call(LogPage, 'GET', path)
      cursor = page.nextCursor
      found.push(
        ...page.events.filter(
          ({ stream }) => stream === `gigOrder-${orderId}` || stream === `payment-${paymentId}`,
        ),
      )
      if (page.caughtUp) return found
    }
  }
}

/**
 * Plays an order of a gig: it is delivered, revised, delivered again and completed, and both sides review each other.
 * @param signal aborts it
 */
export const playGig = async (
  admin: Client,
  { buyer, buyerId }: { readonly buyer: Client; readonly buyerId: string },
  signal: AbortSignal,
): Promise<GigStory> => {
  await using stall = await openStall(admin, signal)
  const { seller, sellerId, gigId } = stall
  const { head } = await admin.call(LogPage, 'GET', '/analytics/events?limit=1')
  const read = eventsOf(admin, head)
  const steps: GigStep[] = []

  /** Sends a request, and follows it until order and payment have these statuses. */
  const step = async (
    party: string,
    by: Client,
    request: string,
    path: string,
    body: object,
    status: string,
    payment: string,
  ): Promise<Order> => {
    const sentAt = Date.now()
    const { id } = await by.call(Order, 'POST', path, body)
    const order = await until(`${status} after ${request}`, signal, async () => {
      const now = await by.call(Order, 'GET', `/orders/${id}`)
      return now.status === status && now.payment?.status === payment ? now : undefined
    })
    const events = await read(id, order.payment?.id)
    steps.push({ party, request, status, events, sentAt })
    return order
  }
  const basket = {
    items: [{ kind: 'gig', refId: gigId, package: 'Basic', quantity: 1 }],
    requirements: 'A heron on a blue ground',
    paymentMethod: { token: 'tok_ok' },
  }
  const { id } = await step(
    'Ada',
    buyer,
    'POST /orders',
    '/orders',
    basket,
    'IN_PROGRESS',
    'AUTHORIZED',
  )
  const work = (party: string, by: Client, what: string, body: object, status: string) =>
    step(party, by, `POST /orders/…/${what}`, `/orders/${id}/${what}`, body, status, 'AUTHORIZED')
  await work('Grace', seller, 'deliver', { message: 'Here it is' }, 'DELIVERED')
  await work('Ada', buyer, 'revision', { message: 'A little bluer' }, 'IN_REVISION')
  await work('Grace', seller, 'deliver', { message: 'Bluer now' }, 'DELIVERED')
  const complete = `/orders/${id}/complete`
  const request = 'POST /orders/…/complete'
  const order = await step('Ada', buyer, request, complete, {}, 'COMPLETED', 'COMPLETED')

  const review = { subjectType: 'user', orderId: id }
  await buyer.call(Nothing, 'POST', '/reviews', { ...review, subjectId: sellerId, rating: 5 })
  await seller.call(Nothing, 'POST', '/reviews', { ...review, subjectId: buyerId, rating: 4 })
  const { reviews } = await until('The reviews of both sides', signal, async () => {
    const found = await buyer.call(Reviews, 'GET', `/reviews/order/${id}`)
    return found.reviews.filter(({ sealed }) => !sealed).length === 2 ? found : undefined
  })
  return { steps, order, reviews }
}
