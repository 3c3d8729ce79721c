import { afterAll, beforeAll, expect, test } from 'vitest'
import { catalogue, declarationOf, type AnyProjection } from '#kernel'
import { httpWorld, type Call, type HttpWorld } from '../../test/support/http.ts'
import { modules } from '../domains/index.ts'
import { memoryAudits } from '../platform/storage/audits/memory.ts'
import { memoryDeadLetters } from '../platform/storage/dead-letters/memory.ts'
import { memoryDocuments } from '../platform/storage/documents/memory.ts'
import type { DocumentStore, Query } from '../platform/storage/documents/port.ts'
import { memoryControl } from '../platform/messaging/control/memory.ts'
import { operations } from '../runtime/operate.ts'
import { progress } from '../runtime/progress.ts'
import type { ReadModels } from '../runtime/reading.ts'
import { countRuns, sagaOverview } from '../runtime/saga-overview.ts'
import { sagas as declareSagas } from '../sagas/index.ts'
import {
  blocks,
  comments,
  conversations,
  devices,
  followRequests,
  jobs,
  likes,
  media,
  mediaUses,
  messages,
  notifications,
  projections,
  promotions,
  shipments,
  webhookDeliveries,
  webhooks,
} from './index.ts'

const sagas = declareSagas({ orderTimeout: 60_000 })
const overview = sagaOverview(sagas)
const all: readonly AnyProjection[] = [...projections, overview]

/** A query of a read model. */
type RecordedQuery = { readonly name: string; readonly query: Query }
let recordedQueries: RecordedQuery[] = []
/** Queries of all routes that read without parameters in their path, for an admin and for a user. */
let ofPlainReads: readonly RecordedQuery[]

let world: HttpWorld
let admin: Call
let ada: { readonly id: string; readonly call: Call }
let runs: Pick<DocumentStore, 'find'>
let operate: ReturnType<typeof operations>

beforeAll(async () => {
  const recording: ReadModels = {
    get: (...wanted) => world.readModels.get(...wanted),
    search: (...wanted) => world.readModels.search(...wanted),
    reach: (...wanted) => world.readModels.reach(...wanted),
    find: (projection, query, minPosition) => {
      recordedQueries.push({ name: projection.name, query })
      return world.readModels.find(projection, query, minPosition)
    },
  }
  world = await httpWorld({ readModels: recording })
  admin = (await world.someone('root', 'admin', 'analyst')).call
  ada = await world.someone('ada')
  await world.readModels.fold()
  for (const path of plainReads) {
    await gets(path)()
    await adaGets(() => path)()
  }
  ofPlainReads = recordedQueries

  const documents = memoryDocuments()
  await documents.publish(await documents.begin(overview))
  const recorded: DocumentStore = {
    ...documents,
    find: (projection, query) => {
      recordedQueries.push({ name: projection.name, query })
      return documents.find(projection, query)
    },
  }
  runs = recorded
  operate = operations({
    projections: [],
    sagas,
    catalogue: catalogue(sagas.map(declarationOf)),
    overview,
    documents: recorded,
    log: world.log,
    letters: memoryDeadLetters(),
    audits: memoryAudits(),
    control: memoryControl(),
    progress: progress(documents),
    queues: [],
    clock: () => new Date(),
  })
})
afterAll(() => world[Symbol.asyncDispose]())

const gets = (path: string) => async () => {
  const { status, text } = await admin('GET', path)
  expect(status, text).toBeLessThan(500)
}
const adaGets = (path: (id: string) => string) => async () => {
  const { status, text } = await ada.call('GET', path(ada.id))
  expect(status, text).toBeLessThan(500)
}
const anOrder = '01890000-0000-7000-8000-000000000000'

/** The query of an erasure, a chore, or a route of something that is not there in this test. */
const finds = (projection: AnyProjection, query: Query) => async () => {
  recordedQueries.push({ name: projection.name, query })
}

/** Requests the reviews of an order of Ada's. */
const reviewsOfOrder = async () => {
  const product = { name: 'Lamp', category: 'light', price: { amount: 1, currency: 'EUR' } }
  const refId = (await admin('POST', '/products', product)).body.data.id
  const basket = {
    items: [{ kind: 'product', refId, quantity: 1 }],
    paymentMethod: { token: 'tok_ok' },
  }
  const { id } = (await ada.call('POST', '/orders', basket)).body.data
  await adaGets(() => `/reviews/order/${id}`)()
}

const plainReads = modules
  .flatMap(({ routes }) => routes)
  .filter(({ method, url }) => method === 'GET' && !url.includes(':'))
  .map(({ url }) => url)

/** Indexes that no plain read needs, each with a request, chore or view whose query needs it. */
const needs: Readonly<Record<string, () => Promise<unknown>>> = {
  'activities: userId, timestamp': adaGets((id) => `/analytics/user/${id}`),
  'webhooks: userId': finds(webhooks, { where: { userId: anOrder } }),
  'webhook_deliveries: webhookId, createdAt': finds(webhookDeliveries, {
    where: { webhookId: anOrder },
    sort: ['-createdAt'],
  }),
  'webhook_deliveries: webhookId, state, createdAt': finds(webhookDeliveries, {
    where: { webhookId: anOrder, state: 'FAILED' },
    sort: ['createdAt'],
  }),
  'webhook_deliveries: webhookId, state, since': finds(webhookDeliveries, {
    where: { webhookId: anOrder, state: 'WAITING' },
    sort: ['since'],
  }),
  'webhook_deliveries: webhookId, dueAt': finds(webhookDeliveries, {
    where: { webhookId: anOrder, dueAt: { lte: '2030-01-01T00:00:00.000Z' } },
  }),
  'webhook_deliveries: state, createdAt': finds(webhookDeliveries, {
    where: { state: 'WAITING' },
    sort: ['createdAt'],
  }),
  'webhook_deliveries: endedAt': finds(webhookDeliveries, {
    where: { endedAt: { lt: '2030-01-01T00:00:00.000Z' } },
    sort: ['endedAt'],
  }),
  'webhook_deliveries: dueAt': finds(webhookDeliveries, {
    where: { dueAt: { lte: '2030-01-01T00:00:00.000Z' } },
  }),
  'active_days: userId, day': adaGets((id) => `/analytics/user/${id}`),
  'order_facts: userId, placedAt': adaGets((id) => `/analytics/user/${id}`),
  'reports: status, requestedAt': gets('/analytics/reports?status=COMPLETED'),
  'alerts: state, updatedAt': gets('/observability/alerts?state=raised'),
  'accounts: email': gets('/admin/users?sort=email'),
  'accounts: username': gets('/admin/users?sort=-username'),
  'accounts: status, createdAt': gets('/admin/users?status=ACTIVE'),
  'follows: followerId, at': adaGets((id) => `/users/${id}/following`),
  'follows: followeeId, at': adaGets((id) => `/users/${id}/followers`),
  'follow_requests: followerId': finds(followRequests, { where: { followerId: anOrder } }),
  'gigs: status, category, createdAt': gets('/gigs?category=design'),
  'gigs: sellerId, createdAt': adaGets((id) => `/users/${id}/gigs`),
  'blocks: blockedId, at': finds(blocks, { where: { blockedId: anOrder }, sort: ['at'] }),
  'comments: postId, createdAt': finds(comments, {
    where: { postId: anOrder },
    sort: ['createdAt'],
  }),
  'comments: parentId, createdAt': finds(comments, {
    where: { parentId: anOrder },
    sort: ['createdAt'],
  }),
  'comments: userId': finds(comments, { where: { userId: anOrder } }),
  'conversations: awaitedSince': finds(conversations, { where: { awaitedSince: { lte: '2030' } } }),
  'conversations: userId, answeredAt': finds(conversations, {
    where: { userId: anOrder },
    sort: ['-answeredAt'],
  }),
  'jobs: status, createdAt': gets('/jobs?status=ACTIVE'),
  'jobs: type, createdAt': gets('/jobs?type=report'),
  'jobs: wakeAt': finds(jobs, { where: { wakeAt: { lte: '2030' } }, sort: ['wakeAt'] }),
  'likes: userId': finds(likes, { where: { userId: anOrder } }),
  'media: userId, createdAt': adaGets((id) => `/users/${id}/media`),
  'media: userId, kind, createdAt': adaGets((id) => `/users/${id}/media?kind=image`),
  'media: status, createdAt': finds(media, {
    where: { status: 'processing', createdAt: { lte: '2030' } },
    sort: ['createdAt'],
  }),
  'media_uses: unusedSince': finds(mediaUses, { where: { unusedSince: { lte: '2030' } } }),
  'media_uses: userId, isPublic, createdAt': finds(mediaUses, {
    where: { userId: anOrder, isPublic: true },
    sort: ['createdAt'],
  }),
  'messages: conversationId, place': finds(messages, {
    where: { conversationId: anOrder },
    sort: ['-place'],
  }),
  'messages: conversationId, changedPlace': finds(messages, {
    where: { conversationId: anOrder },
    sort: ['changedPlace'],
  }),
  'messages: senderId': finds(messages, { where: { senderId: anOrder } }),
  'notifications: userId, place': finds(notifications, {
    where: { userId: anOrder },
    sort: ['place'],
  }),
  'notifications: userId, createdAt': adaGets((id) => `/notifications/user/${id}`),
  'notifications: userId, read, createdAt': adaGets(
    (id) => `/notifications/user/${id}?unread=true`,
  ),
  'notifications: userId, channel, createdAt': adaGets(
    (id) => `/notifications/user/${id}?channel=in_app`,
  ),
  'notifications: userId, channel, read, createdAt': adaGets(
    (id) => `/notifications/user/${id}?channel=in_app&unread=true`,
  ),
  'notifications: dueAt': finds(notifications, {
    where: { dueAt: { lte: '2030' } },
    sort: ['dueAt'],
  }),
  'devices: userId, kind, createdAt': finds(devices, {
    where: { userId: anOrder, kind: 'phone' },
    sort: ['-createdAt'],
  }),
  'promotions: status, createdAt': finds(promotions, {
    where: { status: 'RUNNING' },
    sort: ['createdAt'],
  }),
  'orders: sellerId, createdAt': gets('/orders?as=seller'),
  'orders: status, createdAt': gets('/orders?status=PENDING'),
  'payments: orderId': gets(`/payments/order/${anOrder}`),
  'payments: status, createdAt': gets('/payments?status=FAILED'),
  'posts: userId, createdAt': adaGets((id) => `/users/${id}/posts`),
  'products: category, createdAt': gets('/products?category=lighting'),
  'products: name': gets('/products?sort=name'),
  'replays: status, startedAt': gets('/analytics/replays?status=RUNNING'),
  'reviews: subjectId, sealed, createdAt': gets(`/reviews/product/${anOrder}`),
  'reviews: reviewedId, sealed, createdAt': adaGets((id) => `/users/${id}/reviews`),
  'reviews: orderId, createdAt': () => reviewsOfOrder(),
  'shipments: userId': finds(shipments, { where: { userId: anOrder } }),
  'shipments: tracking': finds(shipments, { where: { tracking: 'X1' } }),
  'sagas: saga, state': () => countRuns(runs, overview, sagas),
  'sagas: updatedAt': () => operate.sagas(),
  'sagas: key': () => operate.saga('a'),
}

/** Returns whether a query filters or sorts by an index, with values for all of its fields but the last. */
const needsIndex = (fields: readonly string[], { where = {}, sort = [] }: Query): boolean => {
  const last = fields.at(-1)!
  const isEqual = (field: string) => {
    const condition = where[field]
    return condition !== undefined && (typeof condition !== 'object' || 'in' in condition)
  }
  const isRange = (condition: unknown) =>
    typeof condition === 'object' && condition !== null && !('contains' in condition)
  return (
    fields.slice(0, -1).every(isEqual) &&
    (isEqual(last) || isRange(where[last]) || sort[0]?.replace(/^-/, '') === last)
  )
}

const declared = all.flatMap(({ name, indexes }) =>
  indexes.map((fields) => `${name}: ${fields.join(', ')}`),
)

/** Whether a query needs an index, named as `orders: userId, createdAt`. */
const isNeeded = (index: string, queries: readonly RecordedQuery[]): boolean => {
  const [name = '', fields = ''] = index.split(': ')
  return queries.some((one) => one.name === name && needsIndex(fields.split(', '), one.query))
}

test('indexes with a query of their own are declared, and needed by no plain read', () => {
  const listed = Object.keys(needs)
  expect(listed.filter((index) => !declared.includes(index))).toEqual([])
  expect(listed.filter((index) => isNeeded(index, ofPlainReads))).toEqual([])
})

test.each(declared)('a query needs the index of %s', async (index) => {
  recordedQueries = []
  await needs[index]?.()
  expect([...ofPlainReads, ...recordedQueries]).toSatisfy((queries: readonly RecordedQuery[]) =>
    isNeeded(index, queries),
  )
})
