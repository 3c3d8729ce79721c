import { array, constantFrom, dictionary, double, integer, option } from 'fast-check'
import { assert, property, record, string, uuid } from 'fast-check'
import { expect, test } from 'vitest'
import { decodedSpans, type ReceivedValue } from '../../../../test/support/otlp.ts'
import { hexOf, readUuid, spanIdOf, type SpanId } from './ids.ts'
import { otlpProtobuf, type SpanBytes } from './otlp-protobuf.ts'
import type { Attributes, EndedSpan, Operation, Trace } from './port.ts'

const correlationId = '4bf92f35-77b3-4da6-a3ce-929d0e0e4736'

const traceOf = (id: string): Trace => {
  const words = new Int32Array(4)
  expect(readUuid(id, words)).toBe(true)
  const [first = 0, second = 0, third = 0, fourth = 0] = words
  return { correlationId: id, first, second, third, fourth }
}

const idOf = (uuidOf: string): SpanId => spanIdOf(uuidOf)!

const read: Operation = { name: 'GET "/a"', kind: 'server', attributes: { route: '/ä\n' } }

const span: EndedSpan = {
  trace: traceOf(correlationId),
  id: { high: 0x00f067aa, low: 0x0ba902b7 },
  operation: read,
  parent: undefined,
  startedAt: 1_798_761_600_000,
  endedAt: 1_798_761_600_001.5,
  error: undefined,
  attributes: { status: 200, share: 0.5, isFirst: true },
}

const begun = (resource: Attributes = {}): SpanBytes => otlpProtobuf(resource)()

const decoded = (bytes: SpanBytes) => {
  const [received, ...more] = decodedSpans(bytes.end())
  expect(more).toEqual([])
  return received!
}

test('spans are encoded as OTLP in protobuf', () => {
  const bytes = begun({ 'service.name': 'agora', 'process.pid': 7 })
  const operation: Operation = { name: 'Ж', kind: 'server' }
  const parent = idOf(correlationId)
  bytes.add(span)
  bytes.add({ ...span, operation, parent, error: 'Conflict', attributes: undefined })
  bytes.add({ ...span, operation, attributes: { refused: 'Burning' } })
  const base = {
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    spanId: '00f067aa0ba902b7',
    kind: 'server',
    startTimeUnixNano: '1798761600000000000',
    endTimeUnixNano: '1798761600001500000',
  }
  expect(decoded(bytes)).toEqual({
    resource: { 'service.name': { stringValue: 'agora' }, 'process.pid': { intValue: '7' } },
    scope: 'agora',
    spans: [
      {
        ...base,
        name: 'GET "/a"',
        attributes: {
          route: { stringValue: '/ä\n' },
          status: { intValue: '200' },
          share: { doubleValue: 0.5 },
          isFirst: { boolValue: true },
        },
      },
      {
        ...base,
        name: 'Ж',
        parentSpanId: 'a3ce929d0e0e4736',
        attributes: {},
        status: { code: 'error', message: 'Conflict' },
      },
      { ...base, name: 'Ж', attributes: { refused: { stringValue: 'Burning' } } },
    ],
  })
})

test.each([
  [1_798_761_600_000.25, '1798761600000250000'],
  [1_798_761_600_999, '1798761600999000000'],
  [1_798_761_601_007.5, '1798761601007500000'],
  [1_798_761_600_000, '1798761600000000000'],
  // The lower 32 bits are zeros, and what is before carries into them.
  [67_108_864, '67108864000000'],
  [67_108_863.75, '67108863750000'],
])('the time %d is written as %s', (startedAt, written) => {
  const bytes = begun()
  bytes.add({ ...span, startedAt })
  expect(decoded(bytes).spans[0]!.startTimeUnixNano).toBe(written)
})

test.each<[string | number | boolean, ReceivedValue]>([
  [NaN, { doubleValue: NaN }],
  [Infinity, { doubleValue: Infinity }],
  [-Infinity, { doubleValue: -Infinity }],
  [-7, { intValue: '-7' }],
  [0, { intValue: '0' }],
  [Number.MAX_SAFE_INTEGER, { intValue: '9007199254740991' }],
  [Number.MIN_SAFE_INTEGER, { intValue: '-9007199254740991' }],
  [1e21, { doubleValue: 1e21 }],
  [false, { boolValue: false }],
  ['', { stringValue: '' }],
  ['x'.repeat(20_000), { stringValue: 'x'.repeat(20_000) }],
  // Half a character is not text.
  ['\ud800', { stringValue: '\ufffd' }],
])('the attribute %j is decoded as it was, and so is the next span', (value, expected) => {
  const bytes = begun({ fact: value })
  bytes.add({ ...span, attributes: { value } })
  bytes.add(span)
  const { resource, spans } = decoded(bytes)
  expect(resource).toEqual({ fact: expected })
  expect(spans[0]!.attributes.value).toEqual(expected)
  expect(spans[1]!.attributes.status).toEqual({ intValue: '200' })
})

test('the space of the bytes grows with them, and can be used for others', () => {
  const begin = otlpProtobuf({ 'service.name': 'agora' })
  const bytes = begin()
  const first = bytes.space().length
  for (let nth = 0; nth < 1_000; nth++)
    bytes.add({ ...span, id: { high: -1, low: nth }, attributes: { nth } })
  const { spans } = decoded(bytes)
  expect(spans.map(({ spanId }) => spanId)).toEqual(
    Array.from({ length: 1_000 }, (_, nth) => `ffffffff${hexOf(nth)}`),
  )
  const used = bytes.space()
  expect(used.length).toBeGreaterThan(first)
  const next = begin(used)
  next.add(span)
  expect(decoded(next).spans).toHaveLength(1)
  expect(next.space()).toBe(used)
})

const kinds = ['internal', 'server', 'client', 'producer', 'consumer'] as const

const anyAttributes = dictionary(string(), constantFrom<Attributes[string][]>('ä', 7, -0.5, true))

const anySpan = record({
  name: string({ unit: 'binary' }),
  kind: constantFrom(...kinds),
  common: anyAttributes,
  correlation: uuid(),
  id: uuid(),
  parent: option(uuid(), { nil: undefined }),
  startedAt: integer({ min: 0, max: 2 ** 41 - 1 }),
  fraction: double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  error: option(string({ unit: 'binary' }), { nil: undefined }),
  attributes: option(anyAttributes, { nil: undefined }),
})

const lastDigits = (of: string): string => of.replaceAll('-', '').slice(16)

test('any spans are decoded as they were', () => {
  assert(
    property(array(anySpan), (all) => {
      const bytes = begun()
      for (const { name, kind, common, correlation, id, parent, error, ...one } of all) {
        const { startedAt, attributes, fraction } = one
        bytes.add({
          operation: { name, kind, attributes: common },
          trace: traceOf(correlation),
          id: idOf(id),
          parent: parent === undefined ? undefined : idOf(parent),
          startedAt,
          endedAt: startedAt + fraction,
          error,
          attributes,
        })
      }
      const { spans } = decoded(bytes)
      expect(spans).toHaveLength(all.length)
      for (const [index, one] of all.entries()) {
        const found = spans[index]!
        const { name, traceId, spanId, parentSpanId, status, attributes } = found
        expect({ name, traceId, spanId, parentSpanId }).toEqual({
          name: one.name,
          traceId: one.correlation.replaceAll('-', ''),
          spanId: lastDigits(one.id),
          parentSpanId: one.parent && lastDigits(one.parent),
        })
        expect(found.kind).toBe(one.kind)
        expect(status?.message).toBe(one.error)
        expect(status?.code).toBe(one.error === undefined ? undefined : 'error')
        const expected = new Set([...Object.keys(one.common), ...Object.keys(one.attributes ?? {})])
        expect(new Set(Object.keys(attributes))).toEqual(expected)
        const whole = BigInt(one.startedAt) * 1_000_000n
        expect(BigInt(found.startTimeUnixNano)).toBe(whole)
        const ended = one.startedAt + one.fraction
        const exact = BigInt(Math.floor(ended)) * 1_000_000n + BigInt(Math.floor((ended % 1) * 1e6))
        expect(BigInt(found.endTimeUnixNano)).toBe(exact)
      }
    }),
  )
})
