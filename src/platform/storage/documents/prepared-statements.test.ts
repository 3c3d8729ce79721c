import { expect, test } from 'vitest'
import { preparing } from './prepared-statements.ts'

test('texts get names, each one of its own, until there are as many as allowed', () => {
  const prepared = preparing({ most: 2 })
  const nameOf = (text: string) => prepared(text, []).name
  const [a, b] = [nameOf('a'), nameOf('b')]
  expect(a).toMatch(/^documents_/)
  expect(b).not.toBe(a)
  expect([nameOf('c'), nameOf('a'), nameOf('b')]).toEqual([undefined, a, b])
})

test('the names go to texts that are used often', () => {
  const prepared = preparing({ most: 1, after: 3 })
  for (let nth = 0; nth < 1_000; nth += 1) expect(prepared(`rare ${nth}`, []).name).toBeUndefined()
  const names = [1, 2, 3, 4].map(() => prepared('frequent', []).name)
  expect(names).toEqual([undefined, undefined, names[3], expect.stringMatching(/^documents_/)])
  for (let nth = 0; nth < 3; nth += 1) expect(prepared('too late', []).name).toBeUndefined()
})
