import { expect, test } from 'vitest'
import { badArgument } from './call-refused.ts'

test.each([
  ['x', 6_900],
  [' ', 2_300],
  ['ü', 1_150],
  ['😀', 575],
])('a sentence of %s is shortened where it does not fit into a header', (character, most) => {
  expect(badArgument(character.repeat(most)).details).toBe(character.repeat(most))
  expect(badArgument(character.repeat(most + 1)).details).toBe(`${character.repeat(most)}...`)
})

test('a trailer is shortened where its value is of no valid name', () => {
  const { metadata } = badArgument('why', { name: 'x'.repeat(601), other: 'x'.repeat(500) })
  expect(metadata.getMap()).toEqual({ name: 'x'.repeat(600), other: 'x'.repeat(500) })
})

test('a sentence has no lone surrogates, at which the library would throw', () => {
  expect(badArgument('not a\ud800').details).toBe('not a\ufffd')
})
