import { expect, test } from 'vitest'
import { isAccepted } from './accepted-file.ts'

test.each([
  ['image/*', 'image/png', 'a.png', true],
  ['image/*', 'application/pdf', 'a.pdf', false],
  ['image/png,image/jpeg', 'image/jpeg', 'a.jpg', true],
  ['image/png,image/jpeg', 'image/gif', 'a.gif', false],
  ['image/*, .PDF', '', 'Offer.pdf', true],
  ['*', '', 'a', true],
])('a field for %s and a file of type "%s" named %s: %s', (accept, type, name, taken) => {
  expect(isAccepted(accept, { type, name })).toBe(taken)
})
