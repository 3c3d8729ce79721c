import { expect, test } from 'vitest'
import { otlpJson } from './otlp-json.ts'
import type { EndedSpan, Operation } from './port.ts'

const read: Operation = { name: 'GET "/a"', kind: 'server', attributes: { route: '/ä\n' } }

const span: EndedSpan = {
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  id: '00f067aa0ba902b7',
  operation: read,
  parent: undefined,
  startedAt: 1_798_761_600_000,
  endedAt: 1_798_761_600_001.5,
  error: undefined,
  attributes: { status: 200, share: 0.5, isFirst: true },
}

const parsed = (text: ReturnType<typeof otlpJson>): unknown => JSON.parse(text.end().toString())

test('spans are encoded as OTLP in JSON', () => {
  const text = otlpJson({ 'service.name': 'agora' })
  const operation: Operation = { name: 'Ж', kind: 'server' }
  const failed = { operation, parent: 'a3ce929d0e0e4736', error: 'Conflict', attributes: undefined }
  text.add(span)
  text.add({ ...span, ...failed })
  text.add({ ...span, operation, attributes: { refused: 'Burning' } })
  const encoded = parsed(text)
  const base = {
    traceId: span.traceId,
    spanId: span.id,
    kind: 2,
    startTimeUnixNano: '1798761600000000000',
    endTimeUnixNano: '1798761600001500000',
  }
  expect(encoded).toEqual({
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'agora' } }] },
        scopeSpans: [
          {
            scope: { name: 'agora' },
            spans: [
              {
                ...base,
                name: 'GET "/a"',
                attributes: [
                  { key: 'route', value: { stringValue: '/ä\n' } },
                  { key: 'status', value: { intValue: '200' } },
                  { key: 'share', value: { doubleValue: 0.5 } },
                  { key: 'isFirst', value: { boolValue: true } },
                ],
                status: {},
              },
              {
                ...base,
                name: 'Ж',
                parentSpanId: 'a3ce929d0e0e4736',
                attributes: [],
                status: { code: 2, message: 'Conflict' },
              },
              {
                ...base,
                name: 'Ж',
                attributes: [{ key: 'refused', value: { stringValue: 'Burning' } }],
                status: {},
              },
            ],
          },
        ],
      },
    ],
  })
})

test.each([
  [1_798_761_600_000.25, '1798761600000250000'],
  [1_798_761_600_999, '1798761600999000000'],
  [1_798_761_601_007.5, '1798761601007500000'],
  [1_798_761_600_000, '1798761600000000000'],
])('the time %d is written as %s', (startedAt, written) => {
  const text = otlpJson({})
  text.add({ ...span, startedAt })
  expect(JSON.stringify(parsed(text))).toContain(`"startTimeUnixNano":"${written}"`)
})

test.each([NaN, Infinity, -Infinity])('the number %d does not spoil the text', (share) => {
  const text = otlpJson({})
  text.add({ ...span, attributes: { share } })
  text.add(span)
  expect(JSON.stringify(parsed(text))).toContain(
    `{"key":"share","value":{"doubleValue":"${share}"}}`,
  )
})

test('a number that no integer of 64 bits holds is a double', () => {
  const text = otlpJson({ most: 1e21 })
  expect(JSON.stringify(parsed(text))).toContain('{"key":"most","value":{"doubleValue":1e+21}}')
})

test('the space of a text grows with it, and can be used for another one', () => {
  const text = otlpJson({})
  for (let nth = 0; nth < 1_000; nth++) text.add(span)
  expect(JSON.stringify(parsed(text)).match(/"spanId"/g)).toHaveLength(1_000)
  const used = text.space()
  const next = otlpJson({}, used)
  next.add(span)
  expect(JSON.stringify(parsed(next)).match(/"spanId"/g)).toHaveLength(1)
  expect(next.space()).toBe(used)
})
