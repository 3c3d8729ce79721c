import { Type } from 'typebox'
import { describe, expect, test } from 'vitest'
import { Fields, Id, money, personal, secret, Timestamp } from '#kernel'
import { fieldsOf } from './fields.ts'

const Price = money(Fields({ amount: Type.Integer(), currency: Type.String() }))

describe('the fields of a message', () => {
  test('have their type, and a question mark when they are optional', () =>
    expect(
      fieldsOf(
        Fields({
          lampId: Id('LampId'),
          colour: Type.Enum(['red', 'blue']),
          lit: Type.Optional(Type.Boolean()),
          since: Timestamp,
          price: Price,
          anything: Type.Unknown(),
          either: Type.Union([Type.Integer(), Type.Null()]),
          always: Type.Literal(true),
        }),
      ).map(({ name, holds }) => [name, holds]),
    ).toEqual([
      ['lampId', 'LampId (uuid)'],
      ['colour', 'one of `red`, `blue`'],
      ['lit?', 'boolean'],
      ['since', 'date-time'],
      ['price', 'money'],
      ['anything', 'anything'],
      ['either', 'integer or null'],
      ['always', '`true`'],
    ]))

  test('have their bounds and patterns, escaped for a cell of a table', () =>
    expect(
      fieldsOf(
        Fields({
          watts: Type.Integer({ minimum: 1, maximum: 100 }),
          name: Type.String({ minLength: 2, maxLength: 9, pattern: '^a|b$' }),
          note: Type.String({ minLength: 0, maxLength: 500 }),
          year: Type.String({ minLength: 4, maxLength: 4 }),
          count: Type.Integer({ minimum: 0 }),
          names: Type.Array(Type.String(), { minItems: 1, maxItems: 3 }),
        }),
      ).map(({ rules }) => rules),
    ).toEqual([
      '1 to 100',
      '2 to 9 characters, `^a\\|b$`',
      'at most 500 characters',
      '4 characters',
      'at least 0',
      '1 to 3 entries',
    ]))

  test('of a record are named *', () => {
    const counts = Type.Record(Type.String({ pattern: '^[a-z]+$' }), Type.Integer({ minimum: 0 }))
    const byRoom = Type.Record(Type.String({ pattern: '^[a-z]+$' }), counts)
    expect(
      fieldsOf(Fields({ byRoom })).map(({ name, holds, rules }) => [name, holds, rules]),
    ).toEqual([
      ['byRoom', 'object', ''],
      ['byRoom.*', 'object', ''],
      ['byRoom.*.*', 'integer', 'at least 0'],
    ])
  })

  test('have their marks', () =>
    expect(
      fieldsOf(Fields({ hash: secret(Type.String()), name: personal(Type.String()) })).map(
        ({ marks }) => marks,
      ),
    ).toEqual(['secret', 'personal']))

  test('include those of nested objects and of lists, but money is one field', () =>
    expect(
      fieldsOf(
        Fields({
          home: Fields({ city: Type.String() }),
          lines: Type.Array(Fields({ price: Price, tags: Type.Array(Type.String()) })),
        }),
      ).map(({ name }) => name),
    ).toEqual(['home', 'home.city', 'lines', 'lines[].price', 'lines[].tags']))
})
