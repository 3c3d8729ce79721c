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
  expect(unattributedPersonalFields([{ id: UserId, events: { ThingSold: Sold } }])).toEqual([])
})
