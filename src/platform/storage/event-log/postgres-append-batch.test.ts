import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { someMetadata } from '#kernel/testing'
import type { Append } from './port.ts'
import { nextBatch, type Unit } from './postgres-append-batch.ts'

const appendTo = (stream: string, size = 1): Append => ({
  stream,
  expected: 'any',
  events: Array.from({ length: size }, () => ({
    eventId: randomUUID(),
    type: 'Counted',
    data: {},
    metadata: someMetadata,
  })),
})
const unit = (...streams: readonly string[]): Unit => ({
  appends: streams.map((stream) => appendTo(stream)),
  together: streams.length > 1,
})
const streamsOf = (units: readonly Unit[]) =>
  units.map(({ appends }) => appends.map(({ stream }) => stream).join('+'))

test('appends to one stream share a batch in order, each linked to the one before it', () => {
  const { units, earlier, rest } = nextBatch(
    [unit('a'), unit('b'), unit('a'), unit('a')],
    new Set(),
  )
  expect(streamsOf(units)).toEqual(['a', 'b', 'a', 'a'])
  expect(earlier).toEqual([0, 0, 1, 3])
  expect(rest).toEqual([])
})

test('a unit that waits for a stream blocks later units to its other streams', () => {
  const waiting = [unit('a', 'b'), unit('b'), unit('c'), unit('c', 'b'), unit('c')]
  const { units, rest } = nextBatch(waiting, new Set(['a']))
  expect(streamsOf(units)).toEqual(['c'])
  expect(streamsOf(rest)).toEqual(['a+b', 'b', 'c+b', 'c'])
})

test('units of a line wait for earlier units of the line, whatever their streams', () => {
  const line = {}
  const inLine = (stream: string): Unit => ({ ...unit(stream), line })
  const waiting = [inLine('a'), unit('b'), inLine('c')]
  const underWay = nextBatch(waiting, new Set([line]))
  expect(streamsOf(underWay.units)).toEqual(['b'])
  const blocked = nextBatch(waiting, new Set(['a']))
  expect(streamsOf(blocked.units)).toEqual(['b'])
  expect(streamsOf(blocked.rest)).toEqual(['a', 'c'])
})

test('an append that repeats an event of the batch waits, with later ones to its stream', () => {
  const first = unit('a')
  const { units, rest } = nextBatch([first, first, unit('a'), unit('b')], new Set())
  expect(streamsOf(units)).toEqual(['a', 'b'])
  expect(streamsOf(rest)).toEqual(['a', 'a'])
})

test('a batch is full with 128 events, and a group is not divided', () => {
  const waiting: Unit[] = [
    { appends: [appendTo('a', 127)], together: false },
    { appends: [appendTo('b', 60), appendTo('c', 60)], together: true },
    unit('d'),
  ]
  const { units, rest } = nextBatch(waiting, new Set())
  expect(streamsOf(units)).toEqual(['a', 'b+c'])
  expect(streamsOf(rest)).toEqual(['d'])
})
