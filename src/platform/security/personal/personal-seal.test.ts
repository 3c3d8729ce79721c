import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { personalSeal } from './personal-seal.ts'

test('a seal opens for the same person and event only', () => {
  const seal = personalSeal(randomBytes(32))
  const sealed = seal.seal('e1', 'Ädä')
  expect(seal.open('e1', sealed)).toBe('Ädä')
  expect(() => seal.open('e2', sealed)).toThrow('unable to authenticate')
  expect(() => personalSeal(randomBytes(32)).open('e1', sealed)).toThrow('unable to authenticate')
})

test('the same text of the same event has the same seal, another one has another nonce', () => {
  const { seal } = personalSeal(randomBytes(32))
  const nonceOf = (sealed: string) =>
    Buffer.from(sealed, 'base64url').subarray(0, 12).toString('hex')
  expect(seal('e', 'Ada')).toBe(seal('e', 'Ada'))
  expect(nonceOf(seal('e', 'Ada'))).not.toBe(nonceOf(seal('e', 'Eve')))
  expect(nonceOf(seal('e', 'Ada'))).not.toBe(nonceOf(seal('f', 'Ada')))
})

test('a changed seal does not open', () => {
  const { seal, open } = personalSeal(randomBytes(32))
  const bytes = Buffer.from(seal('e', 'Ada'), 'base64url')
  for (let at = 0; at < bytes.length; at += 1) {
    const changed = Buffer.from(bytes)
    changed[at] = changed[at]! ^ 1
    expect(() => open('e', changed.toString('base64url'))).toThrow('unable to authenticate')
  }
})
