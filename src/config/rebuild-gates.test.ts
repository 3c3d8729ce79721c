import { expect, test } from 'vitest'
import { readConfig } from '../config.ts'
import { rebuildGatesOf } from './rebuild-gates.ts'

test('gates are read by the names of read models', () => {
  expect(rebuildGatesOf('')).toStrictEqual(new Map())
  expect(rebuildGatesOf('orders=0,payments=any,gig_orders=ask')).toStrictEqual(
    new Map([
      ['orders', { maxDifferences: 0, ignoredFields: [] }],
      ['payments', { maxDifferences: Number.MAX_SAFE_INTEGER, ignoredFields: [] }],
      ['gig_orders', { ignoredFields: [] }],
    ]),
  )
})

test('a rule that is none is refused', () => {
  for (const text of ['orders', 'orders=', 'orders=-1', 'orders=some', '=1', 'orders=1;a=2'])
    expect(() => readConfig({ AGORA_REBUILD_GATE: text })).toThrow('AGORA_REBUILD_GATE must be')
})
