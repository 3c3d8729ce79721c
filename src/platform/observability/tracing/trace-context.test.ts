import { randomBytes, randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { parsedSpanId } from './ids.ts'
import {
  correlationIdOf,
  sampling,
  traceContextOf,
  traceIdOf,
  traceparentOf,
} from './trace-context.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const spanId = '00f067aa0ba902b7'
const uuid = '4bf92f35-77b3-4da6-a3ce-929d0e0e4736'

test('a traceparent names a trace, and the span that its client is in', () => {
  const parent = parsedSpanId(spanId)!
  const read = { correlationId: uuid, parent }
  const [first, second, third, fourth] = [0x4bf92f35, 0x77b34da6, 0xa3ce929d, 0x0e0e4736]
  const trace = { correlationId: uuid, first, second, third, fourth }
  expect(traceparentOf(trace, parent)).toBe(`00-${traceId}-${spanId}-01`)
  expect(traceContextOf(traceparentOf(trace, parent))).toEqual(read)
  expect(traceContextOf(`00-${traceId}-${spanId}-00`)).toEqual(read)
  // Later versions may append fields.
  expect(traceContextOf(`01-${traceId}-${spanId}-01-more`)).toEqual(read)
})

test.each([
  undefined,
  '',
  'nonsense',
  ['a', 'b'],
  `00-${traceId}-${spanId}`,
  `00-${traceId}-${spanId}-01-more`,
  `ff-${traceId}-${spanId}-01`,
  `00-${'0'.repeat(32)}-${spanId}-01`,
  `00-${traceId}-${'0'.repeat(16)}-01`,
  `00-${traceId.toUpperCase()}-${spanId}-01`,
  `00-${traceId.slice(1)}-${spanId}-01`,
  `00-${traceId}-${spanId}-01\n`,
  'x'.repeat(100_000),
])('the traceparent %j is ignored', (header) => {
  expect(traceContextOf(header)).toBeUndefined()
})

test('a trace and a correlation id are the same number', () => {
  expect(correlationIdOf(traceId)).toBe(uuid)
  expect(traceIdOf(uuid)).toBe(traceId)
  expect(traceIdOf(uuid.toUpperCase())).toBe(traceId)
  expect(traceIdOf('order 7')).toBeUndefined()
})

const key = randomBytes(32)

test('about the given share of traces is sampled, and a larger share samples the same ones as well', () => {
  const ids = Array.from({ length: 4_000 }, () => randomUUID().replaceAll('-', ''))
  const sampled = (ratio: number) => ids.filter(sampling(ratio, key))
  expect(sampled(1)).toHaveLength(4_000)
  expect(sampled(0)).toHaveLength(0)
  expect(sampled(0.25).length).toBeGreaterThan(800)
  expect(sampled(0.25).length).toBeLessThan(1_200)
  const half = new Set(sampled(0.5))
  expect(sampled(0.25).every((id) => half.has(id))).toBe(true)
})

test('a client cannot choose an id that is sampled', () => {
  const chosen = Array.from({ length: 500 }, (_, nth) => nth.toString(16).padStart(4, '0')).flatMap(
    (begin) => [begin.padEnd(32, 'f'), begin.padEnd(32, '0')],
  )
  const sampled = (ratio: number, by = key) => chosen.filter(sampling(ratio, by))
  expect(sampled(0)).toEqual([])
  expect(sampled(0.0001).length).toBeLessThan(10)
  // Other installations sample others.
  expect(sampled(0.5, randomBytes(32))).not.toEqual(sampled(0.5))
})
