import { randomUUID } from 'node:crypto'
import type { AgoraProcess } from '../agora.ts'
import { successOf, type Credentials, type Person } from '../shop.ts'
import { until } from '../until.ts'

/** An answer to a GET. */
export type Answer = {
  /** Name of the person who read it; undefined without a token. */
  readonly by?: string
  readonly path: string
  readonly status: number
  readonly data: unknown
}

/** What an Agora had acknowledged when it was killed. */
export type Story = {
  readonly people: Readonly<Record<string, Credentials>>
  /** Of a session of ada's that was open. */
  readonly refreshToken: string
  /** Answers that stay the same as long as nobody changes anything. */
  readonly answers: readonly Answer[]
  /** Of ben's orders that were acknowledged, and under way when Agora was killed. */
  readonly openOrders: readonly string[]
  /** The product that these orders are of, and its pieces before. */
  readonly ordered: { readonly productId: string; readonly quantity: number }
}

/** Pieces that are there before ben orders. */
const quantity = 50

/**
 * Has people buy, follow and leave, and an admin serve them, so that each table has rows; reads everything back, then
 * kills Agora while orders are under way.
 * @param admin of this Agora
 */
export const tellStory = async (agora: AgoraProcess, admin: Credentials): Promise<Story> => {
  const { shop } = agora
  const root = await shop.admin()
  const [ada, ben, eve] = [
    await shop.register('ada'),
    await shop.register('ben'),
    await shop.register('eve'),
  ]
  const lamp = await shop.sell(40, 1999, 'Lamp')
  const chair = await shop.sell(1, 5000, 'Chair')
  const ordered = { productId: await shop.sell(quantity, 700, 'Cup'), quantity }

  // Accounts, profiles and follows.
  const profile = { bio: 'Collects barometers' }
  successOf(await ada.call('PATCH', `/users/${ada.id}`, profile), 200)
  successOf(
    await ben.call('POST', '/users/me/seller', { displayName: 'Cups', about: 'Cups of clay' }),
    202,
  )
  for (const person of [ada, eve])
    successOf(await person.call('POST', `/users/${ben.id}/follow`), 200)
  successOf(await ben.call('POST', `/users/${ada.id}/follow`), 200)
  const password = 'a newer long password'
  successOf(
    await ben.call('POST', '/auth/password/change', {
      currentPassword: ben.password,
      newPassword: password,
    }),
    200,
  )

  // Orders, one for each state that they end in.
  const settled = async (card: string, pieces = { [lamp]: 1 }) => {
    const id = await ada.buy(pieces, card)
    return { id, order: await ada.settled(id) }
  }
  const address = {
    name: 'Ada Lovelace',
    line1: 'Crescent 77',
    city: 'Umbrellaford',
    postalCode: 'WQ7 7XZ',
    country: 'GB',
  }
  const basket = {
    items: [{ kind: 'product', refId: lamp, quantity: 2 }],
    paymentMethod: { token: 'tok_ok' },
    shippingAddress: address,
  }
  const keyed = { 'idempotency-key': randomUUID() }
  const confirmed = successOf(await ada.call('POST', '/orders', basket, keyed), 202).body.data.id
  await ada.settled(confirmed)
  const declined = await settled('tok_declined')
  const soldOut = await settled('tok_ok', { [chair]: 2 })
  const cancelled = await ada.buy({ [lamp]: 1 }, 'tok_slow')
  successOf(await ada.call('POST', `/orders/${cancelled}/cancel`, { reason: 'too dear' }), 200)
  await ada.settled(cancelled)
  const refunded = await settled('tok_ok', { [lamp]: 3 })
  const items = [{ refId: lamp, quantity: 1 }]
  successOf(
    await root.call('POST', `/orders/${refunded.id}/refund`, { items, reason: 'scratched' }),
    202,
  )
  const shipped = await settled('tok_ok')
  successOf(await root.call('PUT', `/orders/${shipped.id}`, { status: 'SHIPPED' }), 200)
  const returned = await settled('tok_ok')
  successOf(await root.call('PUT', `/orders/${returned.id}`, { status: 'SHIPPED' }), 200)
  const asked = await ada.call('POST', `/orders/${returned.id}/returns`, { reason: 'too bright' })
  const path = `/orders/${returned.id}/returns/${successOf(asked, 201).body.data.id}`
  successOf(await root.call('POST', `${path}/accept`), 200)
  successOf(await root.call('POST', `${path}/receive`, { restock: true }), 200)
  const statusOf = async (id: string) => (await ada.call('GET', `/orders/${id}`)).body.data.status
  await until(
    () => statusOf(refunded.id),
    (status) => status === 'PARTLY_REFUNDED',
  )
  await until(
    () => statusOf(returned.id),
    (status) => status === 'RETURNED',
  )

  // Somebody who is forgotten.
  await eve.settled(await eve.buy({ [lamp]: 1 }))
  successOf(await root.call('POST', `/admin/users/${eve.id}/forget`), 202)
  await until(
    () => root.call('GET', `/admin/users/${eve.id}/forget`),
    ({ body }) => body.data?.status === 'forgotten',
  )

  const again = successOf(
    await shop.anyone('POST', '/auth/login', { email: ada.email, password: ada.password }),
    200,
  )
  const people = {
    root: admin,
    ada: { email: ada.email, password: ada.password },
    ben: { email: ben.email, password },
  }
  const signedIn: Readonly<Record<keyof typeof people, Person>> = {
    root,
    ada: await shop.signIn(people.ada),
    ben: await shop.signIn(people.ben),
  }
  const all = [confirmed, declined.id, soldOut.id, cancelled, refunded.id, shipped.id, returned.id]
  const paths: readonly (readonly [by: keyof typeof people | undefined, path: string])[] = [
    ...all.map((id) => ['ada', `/orders/${id}`] as const),
    ['ada', `/orders/${confirmed}/history`],
    ['ada', `/payments/order/${confirmed}`],
    ['ada', `/payments/order/${refunded.id}`],
    ['ada', '/orders?limit=100'],
    ['ada', '/users/me'],
    ['ada', `/notifications/user/${ada.id}?limit=100`],
    ['ben', '/users/me'],
    ['ada', `/users/${ben.id}/followers`],
    ['ada', `/users/${ada.id}/following`],
    ['root', '/admin/dead-letters'],
    ['root', `/admin/users/${eve.id}/forget`],
    ['root', `/users/${eve.id}`],
    [undefined, `/products/${lamp}`],
    [undefined, `/inventory/${lamp}`],
    [undefined, `/inventory/${chair}`],
  ]
  const read = (): Promise<readonly Answer[]> =>
    Promise.all(
      paths.map(async ([by, url]) => {
        const call = by === undefined ? shop.anyone : signedIn[by].call
        const { status, body } = await call('GET', url)
        return { ...(by && { by }), path: url, status, data: body.data ?? body.code }
      }),
    )
  // Mails and refunds are under way: read until two readings are equal.
  let before = ''
  const answers = await until(
    read,
    (found) => {
      const text = JSON.stringify(found)
      const isStill = text === before && !/"PENDING"|"STOCK_RESERVED"|"VOIDED"/.test(text)
      before = text
      return isStill
    },
    { every: 1_000 },
  )

  const cards = ['tok_slow', 'tok_ok', 'tok_slow', 'tok_unavailable', 'tok_slow', 'tok_declined']
  const openOrders = await Promise.all(
    cards.map((card) => signedIn.ben.buy({ [ordered.productId]: 1 }, card)),
  )
  await agora.kill()
  return { people, refreshToken: again.body.tokens.refreshToken, answers, openOrders, ordered }
}
