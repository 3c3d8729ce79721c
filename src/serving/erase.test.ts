import { expect, test } from 'vitest'
import { erasersOf, type Erase } from './erase.ts'
import { module } from './module.ts'

const erase: Erase = async () => ({ awaited: 0, counts: {} })

test('erasers run in reverse order of declaration; contexts without personal data have none', () => {
  const [first, second, third] = ['first', 'second', 'third'].map((name) =>
    module({ name, about: 'Something', ...(name !== 'second' && { erase }) }),
  )
  expect(erasersOf([first!, second!, third!])).toEqual([
    { context: 'third', erase },
    { context: 'first', erase },
  ])
})
