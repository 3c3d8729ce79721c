import { Type } from 'typebox'
import { expect, test } from 'vitest'
import { composed, inNormalForm } from './normal-form.ts'
import { Fields, personal } from './schema.ts'

const [apart, together] = ['Cre\u0300me', 'Cr\u00e8me']
const Name = composed(Type.String())

test('texts that people write are composed, wherever they are, and no others', () => {
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

test('what does not match is left as it is', () => {
  const normalize = inNormalForm(Fields({ name: Name, lines: Type.Array(Name) }))
  for (const data of [null, 7, 'x', [], { name: 7, lines: null }, { other: apart }])
    expect(normalize?.(data)).toEqual(data)
})

test('where nobody writes, there is nothing to do', () =>
  expect(inNormalForm(Fields({ token: Type.String() }))).toBeUndefined())

test('the mark is seen in no JSON', () =>
  expect(JSON.stringify(Name)).toBe(JSON.stringify(Type.String())))
