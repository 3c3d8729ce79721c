import fc from 'fast-check'
import { Type } from 'typebox'
import { expect, test } from 'vitest'
import { decider, documentOf, Fields, foldWithProvenance, projection } from '#kernel'
import { recorded } from '#kernel/testing'

const note = decider({
  name: 'note',
  id: Type.String(),
  commands: {},
  events: {
    Written: Fields({ name: Type.String(), value: Type.Unknown() }),
    Struck: Fields({ name: Type.String() }),
    Torn: Fields({}),
  },
  refusals: {},
}).rules<null>({
  initialState: null,
  decide: {},
  evolve: { Written: () => null, Struck: () => null, Torn: () => null },
})

/** Folds any JSON into any field, so that documents have every shape. */
const notes = projection({
  name: 'notes',
  store: 'postgres',
  within: 60_000,
  document: Type.Object({}, { additionalProperties: true }),
  from: [note],
  key: ({ id }) => id,
}).rules({
  Written: (document, { data: { name, value } }) => ({ ...document, [name]: value }),
  Struck: (document, { data: { name } }) =>
    Object.fromEntries(Object.entries(document ?? {}).filter(([one]) => one !== name)),
  Torn: () => undefined,
})

const written = (name: string, value: unknown) =>
  recorded('note-1', { type: 'Written', data: { name, value } })
const struck = (name: string) => recorded('note-1', { type: 'Struck', data: { name } })
const torn = () => recorded('note-1', { type: 'Torn', data: {} })

test('each field points at the events that changed it, the last one last', () => {
  const { document, fields } = foldWithProvenance(
    notes,
    [
      written('status', 'PLACED'),
      written('lines', [{ price: 3, seen: false }]),
      written('status', 'PLACED'),
      written('status', 'PAID'),
      written('lines', [{ price: 3, seen: true }, { price: 4 }]),
    ],
    '1',
  )
  expect(document).toStrictEqual({
    status: 'PAID',
    lines: [{ price: 3, seen: true }, { price: 4 }],
  })
  expect(Object.fromEntries(fields.map(({ path, changedBy }) => [path, changedBy]))).toStrictEqual({
    '': [0, 1, 3, 4],
    '/status': [0, 3],
    '/lines': [1, 4],
    '/lines/0': [1, 4],
    '/lines/0/price': [1],
    '/lines/0/seen': [1, 4],
    '/lines/1': [4],
    '/lines/1/price': [4],
  })
})

test('a field that was removed and written again has both events; a removed document has no field', () => {
  const again = foldWithProvenance(
    notes,
    [written('a/b~c', 1), struck('a/b~c'), written('a/b~c', 2)],
    '1',
  )
  expect(again.fields.at(-1)).toStrictEqual({ path: '/a~1b~0c', changedBy: [0, 1, 2] })
  expect(foldWithProvenance(notes, [written('a', 1), torn()], '1')).toStrictEqual({
    document: undefined,
    fields: [],
  })
})

/** Names that are no indexes: a list that replaces an object counts as changed with all in it, whatever their values. */
const named = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(named)
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [`_${key}`, named(one)]))
}

const name = fc.constantFrom('a', 'b', 'c/d')
const anyEvents = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.tuple(name, fc.jsonValue({ maxDepth: 2 }).map(named)) },
    { weight: 2, arbitrary: fc.tuple(name, fc.constant(undefined)) },
    { weight: 1, arbitrary: fc.constant(undefined) },
  ),
  { maxLength: 12 },
)

const valueAt = (document: unknown, path: string): unknown => {
  let value = document
  for (const part of path.split('/').slice(1)) {
    // Neither characters nor the length of a text are its fields.
    if (typeof value === 'string') return undefined
    value = Object(value)[part.replaceAll('~1', '/').replaceAll('~0', '~')]
  }
  return value
}

test('the document is the one that a fold without provenance yields, and fields have kept their value since their last event', () => {
  fc.assert(
    fc.property(anyEvents, (given) => {
      const events = given.map((one) =>
        one === undefined ? torn() : one[1] === undefined ? struck(one[0]) : written(...one),
      )
      const { document, fields } = foldWithProvenance(notes, events, '1')
      expect(document).toStrictEqual(documentOf(notes, events, '1'))
      for (const { path, changedBy } of fields) {
        const last = changedBy.at(-1)
        expect.assert(last !== undefined)
        const before = documentOf(notes, events.slice(0, last), '1')
        const after = documentOf(notes, events.slice(0, last + 1), '1')
        expect(valueAt(after, path)).toStrictEqual(valueAt(document, path))
        expect(valueAt(before, path)).not.toStrictEqual(valueAt(document, path))
      }
    }),
  )
})
