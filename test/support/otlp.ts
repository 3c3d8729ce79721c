import { join } from 'node:path'
import { loadSync } from '@grpc/proto-loader'

/** Value of an attribute: integers, which have 64 bits, in digits. */
export type ReceivedValue =
  | { readonly stringValue: string }
  | { readonly boolValue: boolean }
  | { readonly intValue: string }
  | { readonly doubleValue: number }

type ReceivedAttributes = readonly { readonly key: string; readonly value: ReceivedValue }[]

/** A span as it arrives; what it lacks is absent. */
export type ReceivedSpan = {
  /** 32 hexadecimal digits. */
  readonly traceId: string
  /** 16 hexadecimal digits. */
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: string
  /** In digits. */
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: Readonly<Record<string, ReceivedValue>>
  readonly status?: { readonly message: string; readonly code: string }
}

/** Spans of one process. */
export type ReceivedSpans = {
  readonly resource: Readonly<Record<string, ReceivedValue>>
  readonly scope: string
  readonly spans: readonly ReceivedSpan[]
}

type Decoded = {
  readonly resourceSpans?: readonly {
    readonly resource: { readonly attributes?: ReceivedAttributes }
    readonly scopeSpans: readonly {
      readonly scope: { readonly name: string }
      readonly spans?: readonly (Omit<
        ReceivedSpan,
        'traceId' | 'spanId' | 'parentSpanId' | 'attributes'
      > & {
        readonly traceId: Buffer
        readonly spanId: Buffer
        readonly parentSpanId?: Buffer
        readonly attributes?: ReceivedAttributes
      })[]
    }[]
  }[]
}

const service = loadSync(join(import.meta.dirname, 'otlp.proto'), { longs: String, enums: String })[
  'otlp.TraceService'
]
if (!service || !('Export' in service)) throw new Error('otlp.proto has no service')
const { requestDeserialize } = service.Export as {
  readonly requestDeserialize: (bytes: Buffer) => object
}

const byKey = (attributes: ReceivedAttributes = []): Readonly<Record<string, ReceivedValue>> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value]))

/** Decodes the body of a request to a trace store in protobuf. @throws when it is none */
export const decodedSpans = (body: Uint8Array): readonly ReceivedSpans[] => {
  const { resourceSpans = [] } = requestDeserialize(Buffer.from(body)) as Decoded
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.map(({ scope, spans = [] }) => ({
      resource: byKey(resource.attributes),
      scope: scope.name,
      spans: spans.map(({ traceId, spanId, parentSpanId, attributes, ...rest }) => ({
        ...rest,
        traceId: traceId.toString('hex'),
        spanId: spanId.toString('hex'),
        ...(parentSpanId && { parentSpanId: parentSpanId.toString('hex') }),
        attributes: byKey(attributes),
      })),
    })),
  )
}
