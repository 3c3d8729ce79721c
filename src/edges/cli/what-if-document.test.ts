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
  test('is right when it matches its schema', () =>
    expect(check({ email: 'ada@agora.example', orders: 1 })).toBeUndefined())

  test.each([
    [{ email: '***', orders: 1 }],
    [{ email: '***', orders: 1, address: '***' }],
    [{ email: '***', orders: 1, contact: { mail: '***' } }],
  ])('is right where it is only wrong for being masked: %j', (document) =>
    expect(check(document)).toBeUndefined(),
  )

  test.each([
    [{ email: 'nobody', orders: 1 }, 'email must'],
    [{ email: '***', orders: 1, copies: ['***', 'nobody'] }, 'copies.1 must'],
    [{ email: '***', orders: 1.5 }, 'orders must'],
    [{ email: '***', orders: 1, address: { city: 5 } }, 'address.city must'],
    [{ email: '***' }, 'it must have required'],
    [{ email: '***', orders: 1, more: true }, 'more is no field of it'],
    ['text', 'it must be object'],
  ])('is wrong otherwise, whatever else in it is masked: %j', (document, told) =>
    expect(check(document)).toContain(told),
  )
})

test('what is masked is found wherever it is', () => {
  expect(hasMasked({ a: [{ b: '***' }] })).toBe(true)
  expect(hasMasked({ a: [{ b: '****' }, null, 3] })).toBe(false)
})
