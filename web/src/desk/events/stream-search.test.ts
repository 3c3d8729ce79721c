import { expect, test } from 'vitest'
import { momentsOf, streamSearch } from './stream-search.ts'

test('the moments of a stream are read from an address', () => {
  expect(streamSearch({ at: 3, with: -1 })).toStrictEqual({ at: 3, with: -1 })
  expect(streamSearch({ at: -1, with: 1.5 })).toStrictEqual({})
  expect(streamSearch({ at: 'now' })).toStrictEqual({})
})

test('by default the last revision is compared with the one before', () => {
  expect(momentsOf({}, 4)).toStrictEqual({ at: 4, with: 3 })
  expect(momentsOf({ at: 2 }, 4)).toStrictEqual({ at: 2, with: 1 })
  expect(momentsOf({ at: 0 }, 4)).toStrictEqual({ at: 0, with: -1 })
  expect(momentsOf({ at: 9, with: 7 }, 4)).toStrictEqual({ at: 4, with: 4 })
})
