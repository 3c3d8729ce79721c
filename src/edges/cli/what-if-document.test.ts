import { Type } from 'typebox'
import { describe, expect, test } from 'vitest'
import { Fields } from '#kernel'
import { documentCheck, hasMasked } from './what-if-document.ts'

const check = documentCheck(
  Fields({
    email: Type.String({ format: 'email' }),
    orders: Type.Integer(),
    copies: Type.Optional(Type.Array(Type.String({ format: 'email' }))),
    address: Type.Optional(Fields({ city: Type.String() })),
    contact: Type.Optional(
      Type.Union([Fields({ mail: Type.String({ format: 'email' }) }), Type.Null()]),
    ),
  }),
)

describe('a document', () => {
  test('is valid when it matches its schema', () =>
    expect(check({ email: 'ada@agora.example', orders: 1 })).toBeUndefined())

  test.each([
    [{ email: '***', orders: 1 }],
    [{ email: '***', orders: 1, address: '***' }],
    [{ email: '***', orders: 1, contact: { mail: '***' } }],
  ])('is valid where only masked values violate its schema: %j', (document) =>
    expect(check(document)).toBeUndefined(),
  )

  test.each([
    [{ email: 'nobody', orders: 1 }, 'email must'],
    [{ email: '***', orders: 1, copies: ['***', 'nobody'] }, 'copies.1 must'],
    [{ email: '***', orders: 1.5 }, 'orders must'],
    [{ email: '***', orders: 1, address: { city: 5 } }, 'address.city must'],
    [{ email: '***' }, 'it must have required'],
    [{ email: '***', orders: 1, more: true }, 'more is not a field of the document'],
    ['text', 'it must be object'],
  ])('is invalid otherwise, whatever else is masked: %j', (document, message) =>
    expect(check(document)).toContain(message),
  )
})

test('masked values are found at any depth', () => {
  expect(hasMasked({ a: [{ b: '***' }] })).toBe(true)
  expect(hasMasked({ a: [{ b: '****' }, null, 3] })).toBe(false)
})
