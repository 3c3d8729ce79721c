import type { Attributes, EndedSpan, Operation, SpanKind } from './port.ts'

/** Numbers of `SpanKind` in OTLP. */
const kinds: Readonly<Record<SpanKind, number>> = {
  internal: 1,
  server: 2,
  client: 3,
  producer: 4,
  consumer: 5,
}

/** Texts of names, which are few. */
const quotedNames = new Map<string, string>()
const mostNames = 5_000

/** Characters that are escaped, so that each character of a text is a byte of what is sent. */
const notAscii = /[^\x20-\x7e]/g

const escaped = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

const quoted = (name: string): string => {
  let text = quotedNames.get(name)
  if (text === undefined) {
    text = JSON.stringify(name).replace(notAscii, escaped)
    if (quotedNames.size < mostNames) quotedNames.set(name, text)
  }
  return text
}

const threeDigits = Array.from({ length: 1_000 }, (_, number) => String(number).padStart(3, '0'))

/** The second that was written last: nearly always that of the next time as well. */
let lastSecond = 0
let lastSecondText = '0'

/** ms since 1970 as nanoseconds, in digits: more of them than a number holds. */
const nanos = (ms: number): string => {
  const second = Math.floor(ms / 1_000)
  if (second !== lastSecond) {
    lastSecond = second
    lastSecondText = String(second)
  }
  const rest = Math.floor((ms - second * 1_000) * 1e6)
  const micros = Math.floor(rest / 1_000)
  const millis = Math.floor(micros / 1_000)
  return (
    lastSecondText +
    threeDigits[millis]! +
    threeDigits[micros - 1_000 * millis]! +
    threeDigits[rest - 1_000 * micros]!
  )
}

/** JSON has no NaN and no infinities; protobuf's JSON has them as texts. */
const doubleOf = (value: number): string => (Number.isFinite(value) ? `${value}` : `"${value}"`)

const valueOf = (value: string | number | boolean): string =>
  typeof value === 'string'
    ? `{"stringValue":${quoted(value)}}`
    : typeof value === 'boolean'
      ? `{"boolValue":${value}}`
      : Number.isSafeInteger(value)
        ? `{"intValue":"${value}"}`
        : `{"doubleValue":${doubleOf(value)}}`

const attributesOf = (attributes: Attributes): string => {
  let text = ''
  for (const key in attributes)
    text += `${text === '' ? '' : ','}{"key":${quoted(key)},"value":${valueOf(attributes[key]!)}}`
  return text
}

/** What the spans of an operation begin with: as far as its attributes, and with a usual outcome. */
type Beginning = { readonly open: string; readonly usual: string }

const beginnings = new WeakMap<Operation, Beginning>()

const beginningOf = (operation: Operation): Beginning => {
  let beginning = beginnings.get(operation)
  if (!beginning) {
    const { name, kind, attributes = {} } = operation
    const open = `{"name":${quoted(name)},"kind":${kinds[kind]},"attributes":[${attributesOf(attributes)}`
    beginning = { open, usual: `${open}],"status":{}` }
    beginnings.set(operation, beginning)
  }
  return beginning
}

const outcomeOf = ({ operation, attributes = {}, error }: EndedSpan): string => {
  const text = attributesOf(attributes)
  const isFirst = text === '' || Object.keys(operation.attributes ?? {}).length === 0
  const status = error === undefined ? '{}' : `{"code":2,"message":${quoted(error)}}`
  return `${isFirst ? '' : ','}${text}],"status":${status}`
}

const spanOf = (span: EndedSpan): string => {
  const { operation, traceId, id, parent, startedAt, endedAt, error, attributes } = span
  const { open, usual } = beginningOf(operation)
  const beginning = error === undefined && !attributes ? usual : open + outcomeOf(span)
  const parentId = parent === undefined ? '' : `","parentSpanId":"${parent}`
  return `${beginning},"traceId":"${traceId}","spanId":"${id}${parentId}","startTimeUnixNano":"${nanos(startedAt)}","endTimeUnixNano":"${nanos(endedAt)}"}`
}

/** Space that a batch begins with, in bytes; it doubles when it is full. */
const firstSpace = 64 * 1_024

const end = ']}]}]}'

/** Spans that are written one after the other. */
export type SpanText = {
  readonly add: (span: EndedSpan) => void
  /** Ends the text. To be called once, after the last span. */
  readonly end: () => Buffer
  /** The space of the text, for another one once it was sent. */
  readonly space: () => Buffer
}

/**
 * Writes spans for OTLP over HTTP in JSON (opentelemetry-proto, `ExportTraceServiceRequest`), each as it ends: bytes outside
 * of the heap, as objects that wait for an export outlive the collector's young generation. Written as text, as the objects
 * that OpenTelemetry's encoder builds for each span cost more than all the rest of it.
 * @param resource facts about the process
 * @param used space of an earlier text
 */
export const otlpJson = (
  resource: Attributes,
  used: Buffer = Buffer.allocUnsafeSlow(firstSpace),
): SpanText => {
  let space = used
  let length = 0
  const write = (text: string): void => {
    if (length + text.length > space.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(2 * space.length, length + text.length))
      space.copy(larger, 0, 0, length)
      space = larger
    }
    length += space.write(text, length, 'latin1')
  }
  write(
    `{"resourceSpans":[{"resource":{"attributes":[${attributesOf(resource)}]},"scopeSpans":[{"scope":{"name":"agora"},"spans":[`,
  )
  const first = length
  return {
    add: (span) => write(length === first ? spanOf(span) : `,${spanOf(span)}`),
    end: () => {
      write(end)
      return space.subarray(0, length)
    },
    space: () => space,
  }
}
