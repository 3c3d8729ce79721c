import { Type } from 'typebox'
import { Check } from 'typebox/value'
import { describe, expect, test } from 'vitest'
import { asId, derivedId, derivedUuid, digest, Id, marksOf, money, personal, secret } from '#kernel'

const LampId = Id('LampId')
const SerialNumber = Id('SerialNumber', { pattern: '^[0-9]{4}$' })

describe('an id', () => {
  test('is a UUID, unless its shape is declared', () => {
    expect(Check(LampId, '019f0a3e-7b5c-7000-8000-000000000000')).toBe(true)
    expect(Check(LampId, '1234')).toBe(false)
    expect(Check(SerialNumber, '1234')).toBe(true)
  })

  test('is accepted only from a text that matches its schema', () => {
    expect(asId(SerialNumber, '1234')).toBe('1234')
    expect(() => asId(SerialNumber, 'abcd')).toThrow('"abcd" is not a valid SerialNumber')
  })

  test('that is derived from others depends on them and their order only', () => {
    const id = derivedId(LampId, 'a', 'b')
    expect(Check(LampId, id)).toBe(true)
    expect(derivedId(LampId, 'a', 'b')).toBe(id)
    expect(derivedId(LampId, 'b', 'a')).not.toBe(id)
    expect(derivedId(LampId, 'ab')).not.toBe(id)
    expect(derivedId(LampId, 'a', '', 'b')).not.toBe(id)
  })

  test('that is derived from others has the version and variant of its kind', () =>
    expect(derivedUuid('lamp')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-/))
})

test('a mark changes neither the validation nor the unmarked schema', () => {
  const text = Type.String({ minLength: 2 })
  expect(marksOf(secret(text))).toMatchObject({ secret: true })
  expect(marksOf(personal(text))).toMatchObject({ personal: true })
  expect(marksOf(money(text))).toMatchObject({ money: true })
  expect(Check(secret(text), 'a')).toBe(false)
  expect(Check(secret(text), 'ab')).toBe(true)
  expect(text).not.toHaveProperty('secret')
  expect(Type.Object({ text: secret(Type.Optional(text)) }).required).toBeUndefined()
})

// Test vector of FIPS 180-4 for "abc".
test('a digest is SHA-256', () =>
  expect(digest('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'))
