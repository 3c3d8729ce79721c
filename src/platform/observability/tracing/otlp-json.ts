import type { Attributes, EndedSpan, SpanKind } from './port.ts'

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

const quoted = (name: string): string => {
  let text = quotedNames.get(name)
  if (text === undefined) {
    text = JSON.stringify(name)
    if (quotedNames.size < mostNames) quotedNames.set(name, text)
  }
  return text
}

/** ms since 1970 as nanoseconds, in digits: more of them than a number holds. */
const nanos = (ms: number): string => {
  const whole = Math.floor(ms)
  return `${whole}${String(Math.floor((ms - whole) * 1e6)).padStart(6, '0')}`
}

const valueOf = (value: string | number | boolean): string =>
  typeof value === 'string'
    ? `{"stringValue":${quoted(value)}}`
    : typeof value === 'boolean'
      ? `{"boolValue":${value}}`
      : Number.isInteger(value)
        ? `{"intValue":"${value}"}`
        : `{"doubleValue":${value}}`

const attributesOf = (attributes: Attributes): string => {
  let text = ''
  for (const key in attributes)
    text += `${text === '' ? '' : ','}{"key":${quoted(key)},"value":${valueOf(attributes[key]!)}}`
  return `[${text}]`
}

const spanOf = ({
  traceId,
  id,
  parent,
  name,
  kind,
  startedAt,
  endedAt,
  error,
  attributes,
}: EndedSpan): string =>
  `{"traceId":"${traceId}","spanId":"${id}",${parent === undefined ? '' : `"parentSpanId":"${parent}",`}"name":${quoted(name)},"kind":${kinds[kind]},"startTimeUnixNano":"${nanos(startedAt)}","endTimeUnixNano":"${nanos(endedAt)}","attributes":${attributesOf(attributes)},"status":${error === undefined ? '{}' : `{"code":2,"message":${quoted(error)}}`}}`

/**
 * Encodes spans for OTLP over HTTP in JSON (opentelemetry-proto, `ExportTraceServiceRequest`). Written as text, as the
 * objects that OpenTelemetry's encoder builds for each span cost more than all the rest of it.
 * @param resource facts about the process
 */
export const otlpJson = (resource: Attributes, spans: readonly EndedSpan[]): string =>
  `{"resourceSpans":[{"resource":{"attributes":${attributesOf(resource)}},"scopeSpans":[{"scope":{"name":"agora"},"spans":[${spans.map(spanOf).join(',')}]}]}]}`
