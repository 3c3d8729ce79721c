import { expect, test } from 'vitest'
import { typePrinter, type Schema } from './typescript-types.ts'

const typeOf = (schema: Schema): string => typePrinter().typeOf(schema, 'Thing')

test.each<[Schema, string]>([
  [{ type: 'string', title: 'OrderId' }, 'string'],
  [{ type: 'integer' }, 'number'],
  [{ enum: ['a', "b'c", 7] }, "'a' | 'b\\'c' | 7"],
  [{ const: true }, 'true'],
  [{ anyOf: [{ type: 'string' }, { type: 'null' }, { type: 'string' }] }, 'string | null'],
  [{ type: ['string', 'null'] }, 'string | null'],
  [{ type: 'array', items: { enum: ['a', 'b'] } }, "('a' | 'b')[]"],
  [{ type: 'array', items: [{ type: 'number' }, { type: 'string' }] }, '[number, string]'],
  [
    { type: 'object', additionalProperties: { type: 'number' } },
    'Readonly<Record<string, number>>',
  ],
  [{ type: 'object', patternProperties: { '^a': {} } }, 'Readonly<Record<string, unknown>>'],
  [{ type: 'object', properties: {}, additionalProperties: false }, 'Record<string, never>'],
  [
    { type: 'object', properties: { a: { type: 'string' }, 'b-c': {} }, required: ['a'] },
    "{ readonly a: string; readonly 'b-c'?: unknown }",
  ],
  [{ $ref: '#/components/schemas/Problem' }, 'Problem'],
  [{}, 'unknown'],
])('the type of %j is %s', (schema, type) => {
  expect(typeOf(schema)).toBe(type)
})

const large: Schema = {
  type: 'object',
  properties: { amountInMinorUnits: { type: 'integer' }, currencyOfTheAmount: { type: 'string' } },
}

test('a large object type gets the name of its place, and keeps it where it occurs again', () => {
  const printer = typePrinter()
  const order: Schema = { type: 'object', properties: { total: large, refunds: { items: large } } }
  expect(printer.typeOf(order, 'Order')).toBe('Order')
  expect(printer.declarations().split('\n\n')).toEqual([
    'export type OrderTotal = { readonly amountInMinorUnits?: number; readonly currencyOfTheAmount?: string }',
    'export type Order = { readonly total?: OrderTotal; readonly refunds?: OrderTotal[] }\n',
  ])
})

test('different types of one name are told apart by a number', () => {
  const printer = typePrinter()
  const other: Schema = { ...large, required: ['amountInMinorUnits'] }
  expect([printer.typeOf(large, 'Price'), printer.typeOf(other, 'Price')]).toEqual([
    'Price',
    'Price2',
  ])
})
