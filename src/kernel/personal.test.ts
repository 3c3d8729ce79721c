import { Type } from 'typebox'
import { describe, expect, test } from 'vitest'
import { Check } from 'typebox/value'
import {
  about,
  Fields,
  Id,
  personal,
  personalIn,
  unattributedPersonalFields,
  placeholderOf,
  secret,
} from '#kernel'

const UserId = Id('UserId')
const Name = personal(Type.String())

describe('a placeholder', () => {
  test.each([
    ['a text', Type.String({ minLength: 3, maxLength: 20 })],
    ['an address', Type.String({ format: 'email' })],
    ['an id', UserId],
    ['a moment', Type.String({ format: 'date-time' })],
    ['a number', Type.Integer({ minimum: 18 })],
    ['a truth', Type.Boolean()],
    ['a list', Type.Array(Type.String())],
    ['one of several', Type.Enum(['red', 'green'])],
    ['one of two kinds', Type.Union([Type.String({ minLength: 1 }), Type.Null()])],
    ['fields', Fields({ line: Type.String(), floor: Type.Integer(), note: Type.Optional(Name) })],
    ['anything', Type.Unknown()],
  ])('for %s matches the schema', (_, schema) =>
    expect(Check(schema, placeholderOf(schema))).toBe(true),
  )

  test('that does not match the schema is rejected with the declaration', () =>
    expect(() => placeholderOf(Type.String({ pattern: '^[0-9]{4}$' }))).toThrow('No placeholder'))
})

test('a placeholder is the first value that a schema permits', () => {
  expect(placeholderOf(Type.Literal('lamp'))).toBe('lamp')
  expect(placeholderOf(Type.Boolean())).toBe(false)
  expect(placeholderOf(Type.Array(Type.Integer()))).toEqual([])
  expect(placeholderOf(Type.Union([Type.Integer({ minimum: 3 }), Type.Null()]))).toBe(3)
  expect(placeholderOf(Type.Object({ note: Type.Optional(Type.String()) }))).toEqual({})
})

describe('personal values of an event', () => {
  const find = (declaration: object, schema: Parameters<typeof personalIn>[1], data: unknown) =>
    personalIn(declaration, schema)?.('ada', data)
  const found = (person: string) => ({
    person,
    values: [{ path: ['name'], value: 'Ada', placeholder: 'forgotten' }],
  })

  test('belong to the person of the declared field, of `userId`, or of the stream', () => {
    expect(
      find({}, Fields({ userId: UserId, name: Name }), { userId: 'eve', name: 'Ada' }),
    ).toEqual(found('eve'))
    expect(find({ id: UserId }, Fields({ name: Name }), { name: 'Ada' })).toEqual(found('ada'))
    const bought = about('buyer', Fields({ buyer: UserId, name: Name }))
    expect(find({ id: UserId }, bought, { buyer: 'eve', name: 'Ada' })).toEqual(found('eve'))
  })

  test('are found with their paths, also in lists and alternatives', () => {
    const Sold = Fields({
      lines: Type.Array(Fields({ for: Name, watts: Type.Integer() })),
      notes: Type.Array(Name),
      maker: Type.Union([Fields({ name: Name }), Type.Null()]),
      size: Type.Integer(),
    })
    const sold = (maker: unknown) => ({
      lines: [
        { for: 'Eve', watts: 1 },
        { for: 'Bob', watts: 2 },
      ],
      notes: ['hello'],
      maker,
      size: 1,
    })
    const value = (path: (string | number)[], text: string) => ({
      path,
      value: text,
      placeholder: 'forgotten',
    })
    const listed = [
      value(['lines', 0, 'for'], 'Eve'),
      value(['lines', 1, 'for'], 'Bob'),
      value(['notes', 0], 'hello'),
    ]
    expect(find({ id: UserId }, Sold, sold({ name: 'Ada' }))).toEqual({
      person: 'ada',
      values: [...listed, value(['maker', 'name'], 'Ada')],
    })
    expect(find({ id: UserId }, Sold, sold(null))).toEqual({ person: 'ada', values: listed })
  })

  test('are undefined in data that do not match the schema', () => {
    const Sold = Fields({ lines: Type.Array(Name), maker: Fields({ name: Name }) })
    expect(find({ id: UserId }, Sold, { lines: 'Ada', maker: 'Ada' })).toBeUndefined()
    expect(find({ id: UserId }, Sold, { lines: null, maker: [{ name: 'Ada' }] })).toBeUndefined()
    expect(
      find({}, Fields({ userId: UserId, name: Name }), { userId: 7, name: 'Ada' }),
    ).toBeUndefined()
    expect(personalIn({}, Fields({ name: Name }))).toBeUndefined()
    expect(personalIn({}, Type.Unknown())).toBeUndefined()
    expect(personalIn({ id: UserId }, Fields({ size: Type.Integer() }))).toBeUndefined()
  })

  test('are undefined without values, without a person and without marks', () => {
    expect(find({ id: UserId }, Fields({ name: Type.Optional(Name) }), {})).toBeUndefined()
    expect(find({}, Fields({ key: secret(Type.String()) }), { key: 'k' })).toBeUndefined()
    expect(find({ id: UserId }, Fields({ size: Type.Integer() }), { size: 1 })).toBeUndefined()
  })
})

test('personal fields of events that name no person are listed', () => {
  const Sold = Fields({ buyer: Fields({ name: Name }), lines: Type.Array(Fields({ for: Name })) })
  expect(unattributedPersonalFields([{ events: { ThingSold: Sold } }])).toEqual([
    'ThingSold.buyer.name',
    'ThingSold.lines[].for',
  ])
  const Bought = Fields({ by: Type.Union([Fields({ name: Name }), Type.Null()]) })
  expect(unattributedPersonalFields([{ events: { ThingBought: Bought } }])).toEqual([
    'ThingBought.by.name',
  ])
  expect(unattributedPersonalFields([{ id: UserId, events: { ThingSold: Sold } }])).toEqual([])
})
