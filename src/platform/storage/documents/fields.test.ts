import { Type } from 'typebox'
import { expect, test } from 'vitest'
import { Fields, Id, money, Timestamp } from '#kernel'
import { columnsOf } from './columns.ts'
import { fieldOf } from './fields.ts'

const Price = money(Fields({ amount: Type.Integer(), currency: Type.String() }))

test('a field is known by what it holds, also where it may be absent or null', () => {
  const document = Fields({
    id: Id('ThingId'),
    status: Type.Union([Type.Literal('ON'), Type.Literal('OFF')]),
    rank: Type.Enum([1, 2]),
    fixed: Type.Literal('x'),
    gift: Type.Optional(Type.Boolean()),
    at: Type.Union([Timestamp, Type.Null()]),
    price: Type.Optional(Price),
    either: Type.Union([Type.String(), Type.Number()]),
    list: Type.Array(Type.String()),
    any: Type.Unknown(),
  })
  const kinds = ['id', 'status', 'rank', 'fixed', 'gift', 'at', 'price.amount', 'price.currency']
  expect(kinds.map((name) => fieldOf(document, name)?.kind)).toStrictEqual([
    'text',
    'text',
    'number',
    'text',
    'boolean',
    'text',
    'number',
    'text',
  ])
  expect(fieldOf(document, 'price.amount')?.path).toStrictEqual(['price', 'amount'])
  for (const name of ['either', 'list', 'list.0', 'any', 'price', 'price.', '', 'toString', 'id.x'])
    expect(fieldOf(document, name), name).toBe(undefined)
})

test('the first money shares its currency column with nobody who had the name', () => {
  const names = (fields: Parameters<typeof Fields>[0]) =>
    columnsOf(Fields(fields)).map(({ name }) => name)
  expect(names({ total: Price, shippingCost: Type.Optional(Price) })).toStrictEqual([
    'total',
    'currency',
    'shipping_cost',
    'shipping_cost_currency',
  ])
  expect(names({ amount: Price, currency: Type.String() })).toStrictEqual([
    'amount',
    'amount_currency',
    'currency',
  ])
  expect(names({ paid: Type.Union([Price, Type.Null()]), mediaURL: Type.String() })).toStrictEqual([
    'paid',
    'currency',
    'media_url',
  ])
})
