import { Type } from 'typebox'
import { expect, test } from 'vitest'
import { refusalOf, saysNo, streamOf } from './decider.ts'
import { categoryOf, idOf } from './message.ts'
import { messageOfPattern, patternMessage } from './pattern-message.ts'

test('a refusal has the declared kind and sentence, and is a conflict by default', () => {
  const refusals = { Taken: 'It is taken.', Gone: saysNo.notFound('It is gone.') }
  expect(refusalOf({ refusals }, 'Taken')).toEqual({ kind: 'conflict', message: 'It is taken.' })
  expect(refusalOf({ refusals }, 'Gone')).toEqual({ kind: 'notFound', message: 'It is gone.' })
  expect(refusalOf({ refusals }, 'Late')).toEqual({
    kind: 'conflict',
    message: 'This cannot be done now.',
  })
})

test('the name of a stream has the category and the id, divided by its first dash', () => {
  const stream = streamOf({ name: 'lamp' }, 'a-b')
  expect(stream).toBe('lamp-a-b')
  expect([categoryOf(stream), idOf(stream)]).toEqual(['lamp', 'a-b'])
})

test('a pattern has the message of its schema', () => {
  const pattern = '^[a-z]{3}-[0-9]{7}$'
  const schema = Type.String({ pattern })
  expect(patternMessage('must be a code', schema)).toBe(schema)
  patternMessage('must be a number', Type.Integer())
  expect(messageOfPattern(pattern)).toBe('must be a code')
  expect(messageOfPattern('^undeclared$')).toBeUndefined()
})
