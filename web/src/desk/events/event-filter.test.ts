import { expect, test } from 'vitest'
import { eventFilter, eventsSearch, localMoment, typedMoment, typedNames } from './event-filter.ts'

test('a filter is read from an address, without what it does not know', () => {
  expect(
    eventsSearch({
      category: 'order,payment',
      type: 'Order Placed',
      fromPosition: 12,
      toPosition: 'soon',
      fromTime: '2030-01-31T12:00:00.000Z',
      toTime: 'tomorrow',
      before: '40',
      after: '30',
      q: 'x',
    }),
  ).toStrictEqual({
    category: 'order,payment',
    fromPosition: '12',
    fromTime: '2030-01-31T12:00:00.000Z',
    before: '40',
  })
  expect(eventsSearch({ after: '3' })).toStrictEqual({ after: '3' })
  expect(eventFilter({ after: '3' })).toStrictEqual({})
})

test('typed names may be separated by spaces and commas', () => {
  expect(typedNames(' order,  payment;gig ')).toBe('order,payment,gig')
  expect(typedNames('')).toBe('')
})

test('moments of the form are those of the browser, and stay the same', () => {
  const moment = typedMoment('2030-06-30T08:15:30')
  expect(moment).toBe(new Date(2030, 5, 30, 8, 15, 30).toISOString())
  expect(localMoment(moment)).toBe('2030-06-30T08:15:30')
  expect(localMoment('2030-06-30T08:15:30.250Z')).toMatch(/:15:30\.250$/)
  expect(typedMoment('')).toBeUndefined()
  expect(localMoment(undefined)).toBe('')
})
