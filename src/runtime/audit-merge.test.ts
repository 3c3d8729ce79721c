import { expect, test } from 'vitest'
import type { AuditDifference } from '../platform/storage/audits/port.ts'
import { openAfter } from './audit-merge.ts'
import { halvesOf, hashOf, isInSlice, wholeSlice } from './audit-slice.ts'

const differs = (key: string): AuditDifference => ({ key, kind: 'different', fields: ['books'] })

test('an open difference stays until its slice is audited; one of fanned out keys, until all keys are', () => {
  const [half, other] = halvesOf(wholeSlice, hashOf('a'))
  expect([isInSlice(half, 'a'), isInSlice(other, 'a')]).toEqual([true, false])
  const open = [differs('a')]
  const found = { slice: half, differences: [] }
  expect(openAfter(open, found, false)).toEqual([])
  expect(openAfter(open, { ...found, slice: other }, false)).toEqual(open)
  expect(openAfter(open, found, true)).toEqual(open)
  expect(openAfter(open, { ...found, slice: wholeSlice }, true)).toEqual([])
  expect(openAfter(open, { ...found, differences: open }, false)).toEqual(open)
  expect(openAfter(open, { slice: other, differences: [differs('A')] }, false)).toEqual([
    differs('A'),
    differs('a'),
  ])
})
