import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect } from 'vitest'
import type { Package } from '../../src/domains/gigs/language.ts'
import type { Call, HttpWorld } from './http.ts'

/** A package of a gig. */
export const pack = (
  name: string,
  { amount = 5_000, currency = 'EUR', deliveryDays = 3, revisions = 1 } = {},
): Package => ({
  name,
  description: `What ${name} includes`,
  price: { amount, currency },
  deliveryDays,
  revisions,
})

/** A gig to create. */
export const logo = {
  title: 'A logo for your workshop',
  description: 'Drawn by hand, delivered as SVG.',
  category: 'design',
  tags: ['vector', 'branding'],
  packages: [pack('Basic'), pack('Plus', { amount: 12_000, deliveryDays: 7, revisions: 3 })],
}

/**
 * Creates a gig, and publishes it unless it shall stay a draft. The next one is at least a millisecond younger: lists are
 * sorted by their ages.
 * @returns its id
 */
export const offer = async (
  call: Call,
  changes: Partial<typeof logo> = {},
  { isDraft = false } = {},
): Promise<string> => {
  const created = await call('POST', '/gigs', { ...logo, ...changes })
  expect(created.status, created.text).toBe(201)
  const { id, createdAt } = created.body.data
  if (!isDraft) {
    const published = await call('POST', `/gigs/${id}/publish`)
    expect(published.status, published.text).toBe(200)
  }
  while (Date.now() <= Date.parse(createdAt)) await nextTurn()
  return id
}

/** A seller with a name, and a published gig. @param username the seller's */
export const gigStall = async (world: HttpWorld, username = 'ada') => {
  const seller = await world.someone(username, 'seller')
  await seller.call('PATCH', `/users/${seller.id}`, { name: 'Ada King' })
  const gigId = await offer(seller.call)
  return { seller, gigId }
}
