import { Type, type TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { describe, expect, test } from 'vitest'
import { Fields } from '#kernel'
import { fieldErrors } from './schema-faults.ts'

/** Messages about a value, by field. */
const faultsOf = (schema: TSchema, value: unknown): Record<string, string> =>
  Object.fromEntries(
    fieldErrors(Compile(schema).Errors(value), 'body').map(({ field, message }) => [
      field,
      message,
    ]),
  )

test.each([
  [Type.String({ minLength: 1 }), '', 'must have at least 1 character'],
  [Type.String({ minLength: 2 }), 'a', 'must have at least 2 characters'],
  [Type.Array(Type.Null(), { minItems: 1 }), [], 'must have at least 1 entry'],
  [Type.Array(Type.Null(), { maxItems: 0 }), [null], 'must have at most 0 entries'],
  [Type.Array(Type.Number(), { uniqueItems: true }), [1, 1], 'must have no entry twice'],
  [Type.Integer(), 1.5, 'must be an integer'],
  [Type.Integer(), '1', 'must be an integer'],
  [Type.Number(), '1', 'must be a number'],
  [Type.String(), 1, 'must be a text'],
  [Type.Boolean(), 'yes', 'must be true or false'],
  [Type.Array(Type.String()), {}, 'must be a list'],
  [Type.Object({}), [], 'must be an object'],
  [Type.Literal('a'), 'b', 'must be a'],
  [Type.Number({ exclusiveMinimum: 0 }), 0, 'must be more than 0'],
  [Type.Object({}, { maxProperties: 1 }), { a: 1, b: 2 }, 'must have at most 1 field'],
  [Type.Integer({ multipleOf: 5 }), 7, 'must be a multiple of 5'],
])('the message about a value is a sentence: %j', (schema, value, message) => {
  expect(faultsOf(schema, value)).toEqual({ body: message })
})

describe('of a union, the alternative that the value is closest to is reported:', () => {
  const id = { refId: Type.String({ format: 'uuid' }) }
  const Item = Type.Union([
    Fields({ kind: Type.Literal('product'), ...id, quantity: Type.Integer({ minimum: 1 }) }),
    Fields({ kind: Type.Literal('gig'), ...id, package: Type.String({ minLength: 1 }) }),
  ])
  const Items = Fields({ items: Type.Array(Item) })
  const uuid = '0198c2d4-6f0e-7c3a-9a51-0f6c7f1f3a11'

  test('the one of its kind', () => {
    expect(faultsOf(Items, { items: [{ kind: 'gig', refId: uuid }] })).toEqual({
      'items[0].package': 'is required',
    })
    expect(faultsOf(Items, { items: [{ kind: 'product', refId: uuid, quantity: 0 }] })).toEqual({
      'items[0].quantity': 'must be at least 1',
    })
  })

  test('each entry of a list by itself, unless the validator has stopped before', () => {
    const items = [
      { kind: 'product', refId: uuid },
      { kind: 'gig', refId: 'x', package: 'Basic' },
    ]
    expect(faultsOf(Items, { items })).toEqual({
      'items[0].quantity': 'is required',
    })
    expect(faultsOf(Items, { items: items.toReversed() })).toEqual({
      'items[0].refId': 'must be a UUID',
    })
  })

  test('none if its kind is unknown: the kinds are listed', () => {
    expect(faultsOf(Items, { items: [{ kind: 'car', refId: uuid, quantity: 1 }] })).toEqual({
      'items[0].kind': 'must be one of product, gig',
    })
  })

  test('any of several, another type than all', () => {
    expect(faultsOf(Items, { items: [7] })).toEqual({ 'items[0]': 'must be an object' })
  })

  test('names without an object around them', () => {
    const Speed = Type.Union([Type.Literal('max'), Type.Literal('real')])
    expect(faultsOf(Fields({ speed: Speed }), { speed: 'slow' })).toEqual({
      speed: 'must be one of max, real',
    })
  })

  test('not null, which is never what was meant', () => {
    const schema = Fields({ name: Type.Union([Type.Null(), Type.String({ minLength: 2 })]) })
    expect(faultsOf(schema, { name: 'a' })).toEqual({ name: 'must have at least 2 characters' })
    expect(faultsOf(schema, { name: 1 })).toEqual({ name: 'must be a text' })
  })
})
