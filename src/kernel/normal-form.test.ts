import { Type } from 'typebox'
import { expect, test } from 'vitest'
import { composed, inNormalForm } from './normal-form.ts'
import { Fields, Id, personal } from './schema.ts'

const [apart, together] = ['Cre\u0300me', 'Cr\u00e8me']
const Name = composed(Type.String())

test('marked texts are normalized at every depth, other texts are not', () => {
  const normalize = inNormalForm(
    Fields({
      name: Name,
      token: Type.String(),
      bio: Type.Optional(personal(Type.Union([Name, Type.Null()]))),
      lines: Type.Array(Fields({ name: Type.Optional(Name) })),
    }),
  )
  expect(
    normalize?.({ name: apart, token: apart, bio: apart, lines: [{ name: apart }, {}] }),
  ).toEqual({ name: together, token: apart, bio: together, lines: [{ name: together }, {}] })
})

test('UUIDs are written in lower case', () => {
  const uuid = '0198c2d4-6f0e-7c3a-9a51-0f6c7f1f3a11'
  const normalize = inNormalForm(Fields({ items: Type.Array(Fields({ id: Id('Thing') })) }))
  expect(normalize?.({ items: [{ id: uuid.toUpperCase() }] })).toEqual({ items: [{ id: uuid }] })
  const lower = { items: [{ id: uuid }] }
  expect(normalize?.(lower)).toBe(lower)
})

test('values that do not match the schema stay unchanged', () => {
  const normalize = inNormalForm(Fields({ name: Name, lines: Type.Array(Name) }))
  for (const data of [null, 7, 'x', [], { name: 7, lines: null }, { other: apart }])
    expect(normalize?.(data)).toEqual(data)
})

test('data in normal form stay the same object', () => {
  const normalize = inNormalForm(Fields({ name: Name, token: Type.String() }))
  const data = { name: together, token: apart }
  expect(normalize?.(data)).toBe(data)
})

test('a schema without marked texts gives no normalization', () =>
  expect(inNormalForm(Fields({ token: Type.String() }))).toBeUndefined())

test('the mark is not part of the JSON', () =>
  expect(JSON.stringify(Name)).toBe(JSON.stringify(Type.String())))
