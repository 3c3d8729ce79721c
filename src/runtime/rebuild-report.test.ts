import { Type } from 'typebox'
import { expect, test } from 'vitest'
import { Fields, personal } from '#kernel'
import { opens, reportTally } from './rebuild-report.ts'

const document = Fields({
  id: Type.String(),
  total: Type.Integer(),
  name: Type.Optional(personal(Type.String())),
  lines: Type.Array(Fields({ text: Type.String() })),
})
const one = (id: string, more: object = {}) => ({ id, total: 1, lines: [], ...more })
const at = '2030-01-01T00:00:00.000Z'

test('a report counts documents, those that count against the gate, and documents by field', () => {
  const tally = reportTally({ document }, { ignoredFields: ['lines'] })
  tally.add({ key: 'a', old: one('a'), next: one('a') })
  tally.add({ key: 'b', old: one('b'), next: one('b', { lines: [{ text: 'x' }] }) })
  const two = [{ text: 'x' }, { text: 'y' }]
  tally.add({ key: 'c', old: one('c'), next: one('c', { total: 2, lines: two }) })
  tally.add({ key: 'd', old: one('d') })
  tally.add({ key: 'e', next: one('e') })
  tally.add({ key: 'f', next: one('f') })
  const { fields, ...rest } = tally.report(at, 9n)
  expect(rest).toStrictEqual({
    same: 1,
    different: 2,
    onlyOld: 1,
    onlyNew: 2,
    at,
    position: '9',
    counted: 4,
    furtherFields: 0,
    onlyOldKeys: ['d'],
    onlyNewKeys: ['e', 'f'],
  })
  expect(fields.map(({ path, documents, ignored }) => [path, documents, ignored])).toStrictEqual([
    ['lines[]', 2, true],
    ['total', 1, false],
  ])
  expect(fields[1]?.samples).toStrictEqual([{ key: 'c', old: 1, new: 2 }])
})

test('samples are few, short, and masked', () => {
  const tally = reportTally({ document }, { ignoredFields: [] })
  for (let nth = 0; nth < 9; nth += 1) {
    const key = `k${nth}`
    const lines = Array.from({ length: 90 }, () => ({ text: 'Ada' }))
    const next = { ...one(key, { name: 'Ada' }), lines }
    tally.add({ key, old: one(key, { name: 'Bob' }), next })
    tally.add({ key: `n${nth}`, old: next, next: { ...one(key), lines: {} } })
  }
  const { fields, onlyOldKeys } = tally.report(at, 9n)
  expect(JSON.stringify(fields)).not.toMatch(/Ada|Bob/)
  expect(fields.map(({ samples }) => samples.length)).toStrictEqual([3, 3, 3])
  const name = fields.find(({ path }) => path === 'name')
  expect(name?.samples.slice(0, 2)).toStrictEqual([
    { key: 'k0', old: '***', new: '***' },
    { key: 'n0', old: '***' },
  ])
  const lines = fields.find(({ path }) => path === 'lines')
  expect(String(lines?.samples[0]?.old).length).toBeLessThan(310)
  expect(onlyOldKeys).toStrictEqual([])
})

test('the number of fields is bounded', () => {
  const names = Array.from({ length: 60 }, (_, nth) => `f${nth}`)
  const many = Fields(Object.fromEntries(names.map((name) => [name, Type.Integer()])))
  const tally = reportTally({ document: many }, { ignoredFields: [] })
  const all = (value: number) => Object.fromEntries(names.map((name) => [name, value]))
  tally.add({ key: 'a', old: all(1), next: all(2) })
  const { fields, furtherFields, counted } = tally.report(at, 1n)
  expect([fields.length, furtherFields, counted]).toStrictEqual([50, 10, 1])
})

test('a gate opens up to its number of differences, and never without one', () => {
  const report = reportTally({ document }, { ignoredFields: [] }).report(at, 1n)
  for (const [maxDifferences, counted, isOpen] of [
    [0, 0, true],
    [0, 1, false],
    [2, 2, true],
    [2, 3, false],
  ] as const)
    expect(opens({ maxDifferences, ignoredFields: [] }, { ...report, counted })).toBe(isOpen)
  expect(opens({ ignoredFields: [] }, report)).toBe(false)
})
