import type { Attributes, Operation, SpanKind } from './port.ts'
import {
  bytesField,
  bytesStart,
  doubleField,
  integerField,
  message,
  tag,
  textField,
} from './protobuf.ts'

/** Numbers of `SpanKind`. */
const kinds: Readonly<Record<SpanKind, number>> = {
  internal: 1,
  server: 2,
  client: 3,
  producer: 4,
  consumer: 5,
}

/** `StatusCode` of an operation that has failed. */
const failed = 2

/** Most keys whose encoding is remembered; those of further ones are made each time. */
const mostRemembered = 1_000

/** Remembers what is made for keys, which are few. */
const remembering = <K, T>(make: (key: K) => T): ((key: K) => T) => {
  const known = new Map<K, T>()
  return (key) => {
    let made = known.get(key)
    if (made === undefined) {
      made = make(key)
      if (known.size < mostRemembered) known.set(key, made)
    }
    return made
  }
}

type Value = Attributes[string]

/** A value as `AnyValue` has it. */
const anyValue = (value: Value): Uint8Array =>
  typeof value === 'string'
    ? textField(1, value)
    : typeof value === 'boolean'
      ? integerField(2, Number(value))
      : Number.isSafeInteger(value)
        ? integerField(3, value)
        : doubleField(4, value)

/** An attribute as `KeyValue` has it. */
const keyValue = (key: string, value: Value): Uint8Array =>
  message(textField(1, key), bytesField(2, anyValue(value)))

const attributesByKey = remembering((key: string) =>
  remembering((value: Value) => bytesField(9, keyValue(key, value))),
)

/** Returns the field of `Span` for an attribute. */
export const attributeField = (key: string, value: Value): Uint8Array => attributesByKey(key)(value)

/** Returns the field of `Span` for the error that its operation has failed with. @param error its name */
export const errorField = remembering((error: string) =>
  bytesField(15, message(textField(2, error), integerField(3, failed))),
)

/** Where the values are in what `spanStart` returns. */
export const offsets = { traceId: 2, spanId: 20, startedAt: 29, endedAt: 38, parent: 48 } as const

const fixed64 = (field: number): Uint8Array =>
  Uint8Array.of(tag(field, 'fixed64'), ...new Uint8Array(8))

/** Returns the fields of `Span` that the spans of an operation have in common, after its ids and times, which are zeros. */
export const spanStart = (
  { name, kind, attributes = {} }: Operation,
  hasParent: boolean,
): Uint8Array =>
  message(
    bytesField(1, new Uint8Array(16)),
    bytesField(2, new Uint8Array(8)),
    fixed64(7),
    fixed64(8),
    hasParent ? bytesField(4, new Uint8Array(8)) : Uint8Array.of(),
    textField(5, name),
    integerField(6, kinds[kind]),
    ...Object.entries(attributes).map(([key, value]) => attributeField(key, value)),
  )

/**
 * Encodes what an `ExportTraceServiceRequest` with the spans of one process begins with: everything before the first span.
 * @param resource facts about the process
 * @returns the beginning, by the length of the spans in bytes
 */
export const requestStart = (resource: Attributes): ((spans: number) => Uint8Array) => {
  const facts = Object.entries(resource).map(([key, value]) => bytesField(1, keyValue(key, value)))
  const resourceField = bytesField(1, message(...facts))
  const scopeField = bytesField(1, textField(1, 'agora'))
  return (spans) => {
    const inScope = scopeField.length + spans
    const scopeStart = bytesStart(2, inScope)
    const inResource = resourceField.length + scopeStart.length + inScope
    return message(bytesStart(1, inResource), resourceField, scopeStart, scopeField)
  }
}
