import { describe, expect, test } from 'vitest'
import { given, newId } from '#kernel/testing'
import { UserId } from '../shared/index.ts'
import { activity } from './activity.ts'
import { activityKind } from './activity-kind.ts'

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
  for (const name of ['constructor', 'toString', 'viewer', 'x'])
    expect(activityKind(name)).toBeUndefined()
})
