import { Type } from 'typebox'
import { describe, expect, test } from 'vitest'
import { Check } from 'typebox/value'
import {
  about,
  Fields,
  Id,
  personal,
  personalIn,
  personalOfNobody,
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
  ])('for %s is one', (_, schema) => expect(Check(schema, placeholderOf(schema))).toBe(true))

  test('that would be none is refused as soon as it is declared', () =>
    expect(() => placeholderOf(Type.String({ pattern: '^[0-9]{4}$' }))).toThrow('No placeholder'))
})

describe('what an event says of a person', () => {
  const find = (declaration: object, schema: Parameters<typeof personalIn>[1], data: unknown) =>
    personalIn(declaration, schema)?.('ada', data)
  const found = (person: string) => ({
    person,
    values: [{ path: ['name'], value: 'Ada', placeholder: 'forgotten' }],
  })

  test('is about whom it names, or whom its stream is about', () => {
    expect(
      find({}, Fields({ userId: UserId, name: Name }), { userId: 'eve', name: 'Ada' }),
    ).toEqual(found('eve'))
    expect(find({ id: UserId }, Fields({ name: Name }), { name: 'Ada' })).toEqual(found('ada'))
    const bought = about('buyer', Fields({ buyer: UserId, name: Name }))
    expect(find({ id: UserId }, bought, { buyer: 'eve', name: 'Ada' })).toEqual(found('eve'))
  })

  test('is nothing, where it is not said or of nobody', () => {
    expect(find({ id: UserId }, Fields({ name: Type.Optional(Name) }), {})).toBeUndefined()
    expect(find({}, Fields({ key: secret(Type.String()) }), { key: 'k' })).toBeUndefined()
    expect(find({ id: UserId }, Fields({ size: Type.Integer() }), { size: 1 })).toBeUndefined()
  })
})

test('personal fields of which nobody can tell whose they are, are named', () => {
  const Sold = Fields({ buyer: Fields({ name: Name }), lines: Type.Array(Fields({ for: Name })) })
  expect(personalOfNobody([{ events: { ThingSold: Sold } }])).toEqual([
    'ThingSold.buyer.name',
    'ThingSold.lines[].for',
  ])
  expect(personalOfNobody([{ id: UserId, events: { ThingSold: Sold } }])).toEqual([])
})
