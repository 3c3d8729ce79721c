import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AnyProjection } from '#kernel'
import { httpWorld, type Call, type HttpWorld } from '../../test/support/http.ts'
import { jobPorts } from '../../test/support/job-ports.ts'
import { expireSessions } from '../domains/identity/jobs/expire-sessions.ts'
import { memoryDeadLetters } from '../platform/storage/dead-letters/memory.ts'
import { memoryDocuments } from '../platform/storage/documents/memory.ts'
import type { DocumentStore, Query } from '../platform/storage/documents/port.ts'
import { memoryControl } from '../platform/messaging/control/memory.ts'
import { operations } from '../runtime/operate.ts'
import { progress } from '../runtime/progress.ts'
import type { ReadModels } from '../runtime/reading.ts'
import { countRuns, sagaOverview } from '../runtime/saga-overview.ts'
import { sagas as declareSagas } from '../sagas/index.ts'
import { projections } from './index.ts'

const sagas = declareSagas({ orderTimeout: 60_000 })
const overview = sagaOverview(sagas)
const all: readonly AnyProjection[] = [...projections, overview]

/** A query of a read model. */
type RecordedQuery = { readonly name: string; readonly query: Query }
let recordedQueries: RecordedQuery[] = []

let world: HttpWorld
let recording: ReadModels
let admin: Call
let ada: { readonly id: string; readonly call: Call }
let runs: Pick<DocumentStore, 'find'>
let operate: ReturnType<typeof operations>

beforeAll(async () => {
  recording = {
    get: (...wanted) => world.readModels.get(...wanted),
    catchUp: (projection) => world.readModels.catchUp(projection),
    find: (projection, query, minPosition) => {
      recordedQueries.push({ name: projection.name, query })
      return world.readModels.find(projection, query, minPosition)
    },
  }
  world = await httpWorld({ readModels: recording })
  admin = (await world.someone('root', 'admin', 'analyst')).call
  ada = await world.someone('ada')
  await world.readModels.fold()

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
    overview,
    documents: recorded,
    log: world.log,
    letters: memoryDeadLetters(),
    control: memoryControl(),
    progress: progress(documents),
    queues: [],
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

/** Each index with a request, chore or view whose query needs it. */
const needs: Readonly<Record<string, () => Promise<unknown>>> = {
  'accounts: email': gets('/admin/users?sort=email'),
  'accounts: username': gets('/admin/users?sort=-username'),
  'accounts: createdAt': gets('/admin/users'),
  'accounts: status, createdAt': gets('/admin/users?status=ACTIVE'),
  'follows: followerId, at': adaGets((id) => `/users/${id}/following`),
  'follows: followeeId, at': adaGets((id) => `/users/${id}/followers`),
  'notifications: userId, createdAt': adaGets((id) => `/notifications/user/${id}`),
  'notifications: userId, read, createdAt': adaGets(
    (id) => `/notifications/user/${id}?unread=true`,
  ),
  'orders: userId, createdAt': adaGets(() => '/orders'),
  'orders: status, createdAt': gets('/orders?status=PENDING'),
  'orders: createdAt': gets('/orders'),
  'payments: orderId': gets(`/payments/order/${anOrder}`),
  'payments: userId, createdAt': adaGets(() => '/payments'),
  'payments: status, createdAt': gets('/payments?status=FAILED'),
  'payments: createdAt': gets('/payments'),
  'products: category, createdAt': gets('/products?category=lighting'),
  'products: createdAt': gets('/products'),
  'products: name': gets('/products?sort=name'),
  'profiles: searched': adaGets(() => '/users/search?q=ada'),
  'replays: startedAt': gets('/analytics/replays'),
  'replays: status, startedAt': gets('/analytics/replays?status=RUNNING'),
  'sagas: saga, state': () => countRuns(runs, overview, sagas),
  'sagas: updatedAt': () => operate.sagas(),
  'sagas: key': () => operate.saga('a'),
  'sessions: userId, createdAt': adaGets(() => '/auth/sessions'),
  'sessions: expiresAt': () => expireSessions.run(jobPorts(world, { readModels: recording })),
}

/** Returns whether a query filters or sorts by an index, with values for all of its fields but the last. */
const needsIndex = (
  fields: readonly string[],
  { where = {}, sort = [], search }: Query,
): boolean => {
  if (fields[0] === 'searched') return search !== undefined
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

test('every declared index has a query that needs it', () => {
  const declared = all.flatMap(({ name, indexes, searched = [] }) => [
    ...indexes.map((fields) => `${name}: ${fields.join(', ')}`),
    ...(searched.length > 0 ? [`${name}: searched`] : []),
  ])
  expect(declared.toSorted()).toEqual(Object.keys(needs).toSorted())
})

test.each(Object.entries(needs))('the index of %s is needed', async (index, sendQuery) => {
  const [name, fields] = index.split(': ') as [string, string]
  recordedQueries = []
  await sendQuery()
  const queries = recordedQueries.filter((one) => one.name === name).map(({ query }) => query)
  expect(queries).toSatisfy(
    (all: readonly Query[]) => all.some((query) => needsIndex(fields.split(', '), query)),
    `one of the queries of ${name} uses ${fields}`,
  )
})
