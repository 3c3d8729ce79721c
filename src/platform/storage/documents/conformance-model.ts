import { expect } from 'vitest'
import { Type, type Static } from 'typebox'
import {
  Fields,
  money,
  projection,
  Timestamp,
  type AnyProjection,
  type Projection,
  type Store,
} from '#kernel'
import type { DocumentStore, Generation } from './port.ts'

/** An adapter under test, over a store that starts empty. */
export type StoreUnderTest = {
  /**
   * Whether documents and position are written in one transaction; default true. Without one, two processes that write
   * the same batch at once write the same documents, as both fold the same events; only one of them moves the position.
   */
  readonly isTransactional?: boolean
  /** Documents of the largest batch that is tried; default 10,000. */
  readonly largestBatch?: number
  /** The store that the read models of the tests declare; default: `postgres`. */
  readonly declared?: Store
  /** Whether texts compare by code point, as they do in MongoDB; otherwise by UTF-16 code unit. Default true. */
  readonly comparesCodePoints?: boolean
  /** Opens the store: several times, as several processes would. Adapters that cannot share give the same one again. */
  readonly open: () => Promise<DocumentStore>
  readonly close: () => Promise<void>
}

/** The stores of two processes, open while tests run. */
export type Stores = {
  store: DocumentStore
  other: DocumentStore
  isTransactional: boolean
  largestBatch: number
  /** Whether documents are found by their fields (`find`). */
  isQueried: boolean
  comparesCodePoints: boolean
  /** A new read model that declares the store under test. */
  newModel: () => Projection<Order>
}

const Order = Fields({
  id: Type.String(),
  userId: Type.String(),
  status: Type.Enum(['PENDING', 'CONFIRMED']),
  total: money(Fields({ amount: Type.Integer(), currency: Type.String() })),
  weight: Type.Optional(Type.Number()),
  gift: Type.Optional(Type.Boolean()),
  note: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  lines: Type.Optional(Type.Array(Type.String())),
  createdAt: Timestamp,
})
export type Order = Static<typeof Order>

let models = 0

/** A read model of its own for each test, which declares a store. */
export const newModel = (store: Store = 'postgres'): Projection<Order> => ({
  ...projection({
    name: `orders_${(models += 1)}`,
    store,
    within: 60_000,
    document: Order,
    from: [],
    key: () => undefined,
    indexes: [['userId', 'createdAt'], ['status']],
    containing: ['userId', 'note'],
  }).rules({}),
  version: 1,
})

export const order = (id: string, more: Partial<Order> = {}): Order => ({
  id,
  userId: 'ann',
  status: 'PENDING',
  total: { amount: 1999, currency: 'EUR' },
  createdAt: '2030-01-01T00:00:00.000Z',
  ...more,
})

export const upserting = (orders: readonly Order[]) =>
  new Map(orders.map((order) => [order.id, order]))

export const ids = (found: { documents: readonly Order[] }) => found.documents.map(({ id }) => id)

/** Keys of at most 20 documents that readers of a read model see, in order, and the number of all. */
export const seenBy = async (
  store: DocumentStore,
  model: Projection<Order>,
  { isQueried }: Stores,
): Promise<{ readonly keys: readonly string[]; readonly total: number }> => {
  if (isQueried) {
    const found = await store.find(model, {})
    return { keys: ids(found), total: found.total }
  }
  const live = await store.live(model)
  const all = live ? await store.scan(live, { limit: 100_000 }) : []
  return { keys: all.slice(0, 20).map(([key]) => key), total: all.length }
}

/** Writes on from wherever the generation stands. */
export const put = async (
  store: DocumentStore,
  generation: Generation,
  orders: readonly Order[],
  deletes: readonly string[] = [],
) => {
  const from = await store.position(generation)
  const batch = { from, to: from + 1n, upserts: upserting(orders), deletes }
  expect(await store.write(generation, batch)).toBe(true)
}

/** A published generation with these documents. */
export const published = async (
  store: DocumentStore,
  model: AnyProjection,
  orders: readonly Order[],
): Promise<Generation> => {
  const generation = await store.begin(model)
  await put(store, generation, orders)
  await store.publish(generation)
  return generation
}
