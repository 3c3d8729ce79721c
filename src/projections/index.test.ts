import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { AnyProjection } from '#kernel'
import { projections } from './index.ts'

const all: readonly AnyProjection[] = projections

/** Files with parts of read models. */
const parts: ReadonlySet<string> = new Set([
  'index.ts',
  'payment-status.ts',
  'gig-order-rules.ts',
  'gig-standing.ts',
  'gig-work.ts',
  'order-document.ts',
  'order-payment-rules.ts',
  'order-rules.ts',
  'order-shipment-rules.ts',
  'places.ts',
  'rating.ts',
  'sums.ts',
])

test('every read model of this folder is in the list, under the name of its file', () => {
  const files = readdirSync(import.meta.dirname).filter(
    (file) => !parts.has(file) && !file.endsWith('.test.ts'),
  )
  const names = all.map(({ name }) => name)
  expect(names.toSorted()).toEqual(
    files.map((file) => file.slice(0, -3).replace('-', '_')).toSorted(),
  )
})

test('every rule of a projection is for an event of its deciders', () => {
  const strays = all.flatMap(({ name, from, reads }) =>
    reads
      .filter((type) => !from.some(({ events }) => type in events))
      .map((type) => `${name}: ${type}`),
  )
  expect(strays).toEqual([])
})

test('the names of read models and of their fields are valid in SQL', () => {
  const names = all.flatMap(({ name, document }) => [name, ...Object.keys(document.properties)])
  expect(names.filter((name) => !/^[a-z][A-Za-z_]*$/.test(name))).toEqual([])
})

test('a read model with the revision of a stream folds all events of that stream', () => {
  const missed = all
    .filter(({ document }) => 'revision' in document.properties)
    .flatMap(({ name, from: [own], reads }) =>
      Object.keys(own?.events ?? {})
        .filter((type) => !reads.includes(type))
        .map((type) => `${name}: ${type}`),
    )
  expect(missed).toEqual([])
})
