import { expect, test } from 'vitest'
import { ApiProblem } from '../api/problem.ts'
import { gigFaults } from './gig-faults.ts'

test('faults of prices, currencies and tags are at the fields of the form', () => {
  const fields = [
    'title',
    'tags[2]',
    'packages',
    'packages[1].name',
    'packages[1].price.amount',
    'packages[0].price.currency',
  ]
  const errors = fields.map((field) => ({ field, message: 'is wrong' }))
  const problem = gigFaults(new ApiProblem(400, { code: 'invalid_request', errors }))
  expect(problem instanceof ApiProblem && problem.errors.map(({ field }) => field)).toStrictEqual([
    'title',
    'tags',
    'packages',
    'packages[1].name',
    'packages[1].price',
    'currency',
  ])
})

test('other errors stay as they are', () => {
  const error = new Error('offline')
  expect(gigFaults(error)).toBe(error)
  expect(gigFaults(null)).toBeNull()
})
