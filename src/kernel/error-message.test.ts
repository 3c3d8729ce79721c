import { expect, test } from 'vitest'
import { messageOf, stackOf } from './error-message.ts'

test('an error is described by its message, anything else by its text', () => {
  expect(messageOf(new TypeError('no lamp'))).toBe('no lamp')
  expect(messageOf('no lamp')).toBe('no lamp')
  expect(messageOf(undefined)).toBe('undefined')
})

test('the stack of a dead letter is that of the error, of 4,000 characters at most', () => {
  expect(stackOf(new Error('no lamp'))).toMatch(/^Error: no lamp\n +at /)
  expect(stackOf(Object.assign(new Error('no lamp'), { stack: undefined }))).toBe('no lamp')
  expect(stackOf(Object.assign(new Error(), { stack: 'x'.repeat(4_001) }))).toHaveLength(4_000)
  expect(stackOf(7)).toBe('7')
})
