import { pack } from './gig-stall.ts'
import { successOf, type Person, type Shop } from './shop.ts'
import { until } from './until.ts'

/** An order of a gig, as its parties read it. */
export type GigOrder = {
  readonly id: string
  readonly status: string
  readonly reason?: string
  readonly payment?: { readonly id: string; readonly status: string }
  readonly work: {
    readonly dueAt?: string
    readonly revisionsLeft: number
    readonly deliveries: readonly { readonly number: number; readonly message?: string }[]
    readonly cancellation?: { readonly proposedBy?: string; readonly words?: string }
  }
}

/** Registers a user, and makes them a seller. */
export const newSeller = async (shop: Shop): Promise<Person> => {
  const person = await shop.register()
  successOf(await person.call('POST', '/users/me/seller', { displayName: 'Logos' }), 202)
  // The role comes with the next sign-in.
  await until(
    async () => (await (await shop.signIn(person)).call('GET', '/users/me')).body.data.roles,
    (roles: readonly string[]) => roles.includes('seller'),
  )
  return shop.signIn(person)
}

/** Publishes a gig with the packages Basic (50 EUR, one revision) and Plus (120 EUR). @returns its id */
export const offerGig = async ({ call }: Person): Promise<string> => {
  const gig = {
    title: 'A logo for your workshop',
    description: 'Drawn by hand.',
    category: 'design',
    packages: [pack('Basic'), pack('Plus', { amount: 12_000, deliveryDays: 7, revisions: 3 })],
  }
  const { id } = successOf(await call('POST', '/gigs', gig), 201).body.data
  successOf(await call('POST', `/gigs/${id}/publish`), 200)
  return id
}

/** The body of an order of a gig. */
export const gigBasket = (refId: string, ordered = 'Basic', token = 'tok_ok') => ({
  items: [{ kind: 'gig', refId, package: ordered, quantity: 1 }],
  requirements: 'A heron on a blue ground',
  paymentMethod: { token },
})

/** Reads an order of a gig. */
export const gigOrderOf = async ({ call }: Pick<Person, 'call'>, id: string): Promise<GigOrder> =>
  successOf(await call('GET', `/orders/${id}`), 200).body.data

/** Waits until an order has a status, and its payment another. */
export const gigOrderWith = (
  person: Pick<Person, 'call'>,
  id: string,
  status: string,
  payment?: string,
): Promise<GigOrder> =>
  until(
    () => gigOrderOf(person, id),
    (order) =>
      order.status === status && (payment === undefined || order.payment?.status === payment),
  )

/** Orders a gig, and waits until its money is held. @returns its id */
export const orderGig = async (
  buyer: Person,
  gigId: string,
  ...more: readonly [ordered?: string, token?: string]
): Promise<string> => {
  const placed = successOf(await buyer.call('POST', '/orders', gigBasket(gigId, ...more)), 202)
  const { id } = placed.body.data
  await gigOrderWith(buyer, id, 'IN_PROGRESS', 'AUTHORIZED')
  return id
}
