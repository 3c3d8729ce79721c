import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Type, type TSchema } from 'typebox'
import { expect, test } from 'vitest'
import { evolved, Fields, type Declaration } from '#kernel'
import { declared } from '../../test/support/declared.ts'
import type { Declared } from './declared.ts'
import { grownSample, judgedSample } from './event-sample.ts'

const name = 'test/events/sample.ndjson'
const sample = readFileSync(join(import.meta.dirname, '../..', name), 'utf8')

/** The context of an event alone, for speed, with another schema of the event; without it where there is none. */
const changing = (
  type: string,
  change: (schema: TSchema) => TSchema | undefined,
): { readonly declared: Declared; readonly sample: string } => {
  const [context = '', deciders = []] =
    Object.entries(declared.contexts).find(([, all]) => all.some(({ events }) => type in events)) ??
    []
  const changed = deciders.map((decider): Declaration => {
    const { [type]: schema, ...others } = decider.events
    const next = schema && change(schema)
    return schema ? { ...decider, events: { ...others, ...(next && { [type]: next }) } } : decider
  })
  const lines = sample.split('\n').filter((line) => line.includes(`"context":"${context}"`))
  return {
    declared: { ...declared, contexts: { [context]: changed }, sagas: [] },
    sample: `${lines.join('\n')}\n`,
  }
}

const faultsOf = ({ declared: changed, sample: own }: ReturnType<typeof changing>) =>
  judgedSample(changed, own, name).faults

test('every event of the sample can be folded, and every type and version is in it', () => {
  expect(grownSample(declared, sample)).toBe(sample)
  const { rows, faults } = judgedSample(declared, sample, name)
  expect(faults).toEqual([])
  for (const { version, declared: newest = 0, upcasters } of rows)
    expect(upcasters).toHaveLength(newest - version)
  expect(rows.filter(({ version, declared: newest }) => version !== newest).length).toBeGreaterThan(
    1,
  )
})

test('the sample names nobody', () => {
  for (const [address] of sample.matchAll(/[\w.+-]+@[\w.-]+/g))
    expect(address).toMatch(/^sample@example\.org/)
  expect(sample).not.toMatch(/v1:[^"]+:/)
})

test('an event type that is dropped is named, with the context that has to declare it', () =>
  expect(faultsOf(changing('OrderPlaced', () => undefined))).toEqual([
    `OrderPlaced@1 is in ${name}, but no decider declares it: events stay in logs, so declare it again, with its schema, among the events of order in src/domains/ordering; a rule of evolve that returns the state ignores it.`,
  ]))

/** The declarations of a category alone, under another name, with what the sample has of that category. */
const renaming = (category: string, renamed: Partial<Declared>) => ({
  declared: { ...declared, contexts: {}, sagas: [], ...renamed },
  sample: sample
    .split('\n')
    .filter((line) => line.includes(`"stream":"${category}-`))
    .join('\n'),
})

test('events of a decider or saga that is removed altogether are named: nobody else wrote the sample', () => {
  const ordering = declared.contexts.ordering?.filter(({ name: decider }) => decider !== 'order')
  for (const [category, left] of [
    ['order', { contexts: { ordering: ordering ?? [] } }],
    [declared.sagas[0]!.name, {}],
  ] as const) {
    const without = renaming(category, left)
    const { rows, faults } = judgedSample(without.declared, without.sample, name)
    expect(rows.length).toBeGreaterThan(0)
    expect(faults).toHaveLength(rows.length)
    for (const sentence of faults) expect(sentence).toContain(`among the events of ${category}`)
    expect(grownSample({ ...without.declared, contexts: {} }, without.sample).trim()).toBe(
      without.sample,
    )
  }
})

test('an event type that another decider declares now is named: its streams stay where they are', () => {
  const order = declared.contexts.ordering?.find(({ name: decider }) => decider === 'order')
  const moved = renaming('order', { contexts: { ordering: [{ ...order!, name: 'purchase' }] } })
  const { rows, faults } = judgedSample(moved.declared, moved.sample, name)
  expect(faults).toHaveLength(rows.length)
  expect(faults).toContain(
    `OrderPlaced@1 is in ${name}, but in streams of order, while purchase declares it: streams never change their category, so declare it again with the decider, or saga, of its streams, and a type of another name where it is now.`,
  )
  // Streams of the new category would not mend it.
  expect(grownSample(moved.declared, moved.sample).trim()).toBe(moved.sample)
})

test.each([
  [
    'another type',
    'AlertRaised',
    (schema: TSchema) => ({
      ...schema,
      properties: { ...(schema as { properties?: object }).properties, value: Type.String() },
    }),
    'AlertRaised: value must be string',
  ],
  [
    'fewer alternatives',
    'AlertRaised',
    (schema: TSchema) => ({
      ...schema,
      properties: {
        ...(schema as { properties?: object }).properties,
        severity: Type.Enum(['critical']),
      },
    }),
    'AlertRaised: severity must be equal to one of the allowed values',
  ],
  [
    'a field that must be there',
    'OrderPlaced',
    (schema: TSchema) => ({
      ...schema,
      required: Object.keys((schema as { properties?: object }).properties ?? {}),
    }),
    'OrderPlaced: data must have required properties',
  ],
])('a schema that takes less is named: %s', (_, type, change, problem) => {
  const [first = '', ...others] = faultsOf(changing(type, change as (schema: TSchema) => TSchema))
  expect(others).toEqual([])
  expect(first).toContain(`${type}@1 is in ${name}, but no schema takes it (${problem}`)
  expect(first).toContain(`add an upcaster from version 1 to 2, evolved(…), for ${type} in src/`)
})

test('an upcaster mends it, once the sample has the new version', () => {
  const stricter = changing('UserForgettingHastened', () =>
    evolved(Fields({ reason: Type.Enum(['asked', 'obliged']) }), () => ({ reason: 'asked' })),
  )
  expect(faultsOf(stricter)).toEqual([])
  const grown = grownSample(stricter.declared, stricter.sample)
  const before = new Set(stricter.sample.split('\n'))
  const after = grown.split('\n')
  expect(after.filter((line) => !before.has(line)).map((line) => JSON.parse(line))).toMatchObject([
    { type: 'UserForgettingHastened', version: 2, data: { reason: 'asked' } },
    { type: 'UserForgettingHastened', version: 2, data: { reason: 'obliged' } },
  ])
  expect(before.difference(new Set(after))).toEqual(new Set())
  // Nor may the older version be taken out.
  const without = grown.replaceAll(/^\{"type":"UserForgettingHastened","version":1.*\n/gm, '')
  expect(faultsOf({ ...stricter, sample: without })).toEqual([
    `UserForgettingHastened@1 has no event in ${name}: add one, as it was recorded.`,
  ])
})

test('a type with a fault gets no events of its new schema: the sample would have both as one version', () => {
  const stricter = changing('UserForgettingHastened', () => Fields({ reason: Type.String() }))
  expect(grownSample(stricter.declared, stricter.sample)).toBe(stricter.sample)
})

test('a field that is added is in the sample from then on', () => {
  const wider = changing('UserForgettingHastened', () =>
    Fields({ note: Type.Optional(Type.String({ maxLength: 5 })) }),
  )
  const grown = grownSample(wider.declared, wider.sample)
  expect(faultsOf({ ...wider, sample: grown })).toEqual([])
  const again = changing('UserForgettingHastened', (schema) => schema)
  expect(faultsOf({ ...again, sample: grown })).toEqual([
    expect.stringContaining('UserForgettingHastened@1 is in'),
  ])
})
