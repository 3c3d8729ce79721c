import { expect, test } from 'vitest'
import { messageOf, stackOf } from './error-message.ts'

test('the message of a thrown value is that of the error, or its text', () => {
  expect(messageOf(new TypeError('no lamp'))).toBe('no lamp')
  expect(messageOf('no lamp')).toBe('no lamp')
  expect(messageOf(undefined)).toBe('undefined')
})

test('the stack of a thrown value has at most 4,000 characters', () => {
  expect(stackOf(new Error('no lamp'))).toMatch(/^Error: no lamp\n +at /)
  expect(stackOf(Object.assign(new Error('no lamp'), { stack: undefined }))).toBe('no lamp')
  expect(stackOf(Object.assign(new Error(), { stack: 'x'.repeat(4_001) }))).toHaveLength(4_000)
  expect(stackOf(7)).toBe('7')
})
