import { expect, test } from 'vitest'
import { otlpJson } from './otlp-json.ts'

test('spans are encoded as OTLP in JSON', () => {
  const span = {
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    id: '00f067aa0ba902b7',
    name: 'GET "/a"',
    kind: 'server',
    parent: undefined,
    startedAt: 1_798_761_600_000,
    endedAt: 1_798_761_600_001.5,
    error: undefined,
    attributes: { route: '/a\n', status: 200, share: 0.5, isFirst: true },
  } as const
  const failed = { ...span, parent: 'a3ce929d0e0e4736', error: 'Conflict', attributes: {} }
  const encoded: unknown = JSON.parse(otlpJson({ 'service.name': 'agora' }, [span, failed]))
  const base = {
    traceId: span.traceId,
    spanId: span.id,
    name: 'GET "/a"',
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
                attributes: [
                  { key: 'route', value: { stringValue: '/a\n' } },
                  { key: 'status', value: { intValue: '200' } },
                  { key: 'share', value: { doubleValue: 0.5 } },
                  { key: 'isFirst', value: { boolValue: true } },
                ],
                status: {},
              },
              {
                ...base,
                parentSpanId: 'a3ce929d0e0e4736',
                attributes: [],
                status: { code: 2, message: 'Conflict' },
              },
            ],
          },
        ],
      },
    ],
  })
})
