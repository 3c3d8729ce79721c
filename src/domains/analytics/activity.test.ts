import { describe, expect, test } from 'vitest'
import { personalIn } from '#kernel'
import { foldingAll, given, newId, recorded } from '#kernel/testing'
import { metricDays } from '../../projections/index.ts'
import { UserId } from '../shared/index.ts'
import { activity } from './activity.ts'
import { activityKind, activityName } from './activity-kind.ts'
import { activitiesIn } from './services/tracked.ts'

const userId = newId(UserId)
const context = { now: '2030-01-31T12:00:00.000Z', by: userId }
const batch = (...times: string[]) => ({
  userId,
  items: times.map((timestamp) => ({ eventType: 'view', timestamp })),
})
const track = (...times: string[]) => ({ type: 'TrackActivity' as const, data: batch(...times) })
const tracked = (...times: string[]) => ({
  type: 'ActivityTracked' as const,
  data: batch(...times),
})
const forget = { type: 'ForgetActivity' as const, data: {} }
const forgotten = { type: 'ActivityForgotten' as const, data: { userId, count: 2 } }
const [one, other] = ['2030-01-24T12:00:00.000Z', '2030-01-31T12:05:00.000Z']

describe('activities', () => {
  test('are recorded once as one event, up to 7 days old and 5 minutes ahead', () => {
    given(activity).when(track(one, other), context).yields(tracked(one, other))
    given(activity, tracked(one)).when(track(one, other), context).yields()
  })

  test('that are older, or in the future, are refused with all of their batch', () => {
    for (const old of ['2030-01-24T11:59:59.999Z', '1970-01-01T00:00:00.000Z'])
      given(activity).when(track(one, old), context).refuses('TooOld')
    for (const early of ['2030-01-31T12:05:00.001Z', '2100-01-01T00:00:00.000Z'])
      given(activity).when(track(early, one), context).refuses('InFuture')
  })

  test('are forgotten once, with the number of them', () => {
    given(activity, tracked(one, other)).when(forget).yields(forgotten)
    given(activity, tracked(one, other), forgotten).when(forget).yields()
    given(activity, tracked(one, other), forgotten).when(track(one), context).yields()
    given(activity).when(forget).refuses('NoSuchActivity')
  })
})

test('names of clients are known in every spelling, and names of objects are none', () => {
  for (const name of ['product_view', 'productView', 'Product.View', 'PRODUCT-VIEW', 'view'])
    expect(activityKind(name)).toBe('view')
  expect(activityKind('addToCart')).toBe('basket')
  for (const name of ['constructor', 'toString', 'viewer', 'x', 'other'])
    expect([activityName(name), activityKind(name)]).toEqual(['other', 'other'])
})

test('the log and the read model have only declared names in clear, and of metadata the hits of a search', () => {
  const productId = '0190d4c1-5c5b-7000-8000-000000000001'
  const metadata = { productId, results: 3 }
  const items = activitiesIn(
    {
      events: [
        { eventType: 'productView', metadata },
        { eventType: 'clinic.visited', metadata },
        { eventType: 'search', metadata },
      ],
    },
    Date.parse(context.now),
  )
  const data = { userId, items }
  const part = personalIn(activity, activity.events.ActivityTracked)?.('stream', data)
  const inClear = structuredClone<Record<string, unknown>[]>(items)
  for (const { path } of part?.values ?? []) {
    const [, index, field] = path
    if (typeof index === 'number' && typeof field === 'string') delete inClear[index]?.[field]
  }
  const timestamp = context.now
  expect(inClear).toEqual([
    { eventType: 'product_view', timestamp },
    { eventType: 'other', timestamp },
    { eventType: 'search', timestamp, results: 3 },
  ])
  expect(items.map(({ name }) => name)).toEqual(['productView', 'clinic.visited', undefined])
})

test('a hundred new names of a client are counted in one document of a day', () => {
  const items = Array.from({ length: 100 }, (_, n) => ({
    eventType: `name${n}`,
    timestamp: context.now,
  }))
  const documents = foldingAll(
    metricDays,
    recorded('activity-a', { type: 'ActivityTracked', data: { userId, items } }),
  )
  expect([...documents.values()]).toEqual([
    {
      id: 'activity/2030-01-31/other',
      metric: 'activity',
      day: '2030-01-31',
      dimensions: { eventType: 'other' },
      slots: [{ slot: 48, count: 100, amount: 0 }],
    },
  ])
})
