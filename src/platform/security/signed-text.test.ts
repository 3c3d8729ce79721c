import { expect, test } from 'vitest'
import { signer } from './signed-text.ts'

const ours = signer(Buffer.alloc(32, 1))

test('a signature verifies for its parts in their order only', () => {
  const signature = ours.sign('a', 'b')
  expect(signature).toMatch(/^[\w-]{43}$/)
  expect(ours.isSigned(signature, 'a', 'b')).toBe(true)
  for (const parts of [['b', 'a'], ['ab'], ['a', 'b', ''], ['a'], []])
    expect(ours.isSigned(signature, ...parts)).toBe(false)
})

test('a signature has one valid encoding, and verifies with its secret only', () => {
  const signature = ours.sign('a')
  const others = ['', 'x', signature.slice(1), `${signature}=`, `${signature}A`, ` ${signature}`]
  for (const other of others) expect(ours.isSigned(other, 'a')).toBe(false)
  expect(signer(Buffer.alloc(32, 2)).isSigned(signature, 'a')).toBe(false)
})
