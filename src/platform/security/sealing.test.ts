import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { sealing } from './sealing.ts'

const plain = Buffer.from('lamp')

test('sealed bytes open with their secret and their subject only', () => {
  const secret = randomBytes(32)
  const sealed = sealing(secret).seal(plain, 'shop')
  expect(sealed.includes(plain)).toBe(false)
  expect(sealing(secret).open(sealed, 'shop')).toEqual(plain)
  expect(() => sealing(secret).open(sealed, 'house')).toThrow(Error)
  expect(() => sealing(randomBytes(32)).open(sealed, 'shop')).toThrow(Error)
})

test('sealed bytes that were changed or cut short do not open', () => {
  const { seal, open } = sealing(randomBytes(32))
  const sealed = seal(plain)
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = Buffer.from(sealed)
    changed[at] = (changed[at] ?? 0) ^ 1
    expect(() => open(changed)).toThrow(Error)
    expect(() => open(sealed.subarray(0, at))).toThrow(Error)
  }
})
