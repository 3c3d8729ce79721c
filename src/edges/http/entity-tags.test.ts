import { expect, test } from 'vitest'
import { contentTagOf, expectedRevisionOf, tagOf } from './entity-tags.ts'
import { Problem } from '../../serving/problem.ts'

const expected = (tag: string) => expectedRevisionOf({ headers: { 'if-match': tag } })

test('If-Match requires the revision in the entity tag', () => {
  expect(expected(tagOf(3))).toEqual({ expectedRevision: 3 })
  expect(expected(contentTagOf('x_-9', '12'))).toEqual({ expectedRevision: 12 })
  expect(expected('*')).toEqual({})
  expect(expectedRevisionOf({ headers: {} })).toEqual({})
})

test.each([contentTagOf('x_-9', undefined), '3', '"x"', '""', '"3', 'W/"3.', '"1", "2"', '"-1"'])(
  'a tag without a revision is refused: %s',
  (tag) => expect(() => expected(tag)).toThrow(Problem),
)
