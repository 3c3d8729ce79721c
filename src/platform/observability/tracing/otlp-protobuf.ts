import { attributeField, errorField, offsets, requestStart, spanStart } from './otlp-fields.ts'
import type { Attributes, EndedSpan, Operation } from './port.ts'
import { tag, writeVarint } from './protobuf.ts'

/** What the spans of an operation begin with. */
type Starts = { readonly root: Uint8Array; readonly child: Uint8Array }

const starts = new WeakMap<Operation, Starts>()

const startsOf = (operation: Operation): Starts => {
  let known = starts.get(operation)
  if (!known) {
    known = { root: spanStart(operation, false), child: spanStart(operation, true) }
    starts.set(operation, known)
  }
  return known
}

/** Space that a batch begins with, in bytes; it doubles when it is full. */
const firstSpace = 64 * 1_024

/** Most bytes before a span: the tag of its field, and its length. */
const mostBefore = 6

/** Longest length that a batch may have. */
const longest = 2 ** 31 - 1

/** Field of `ScopeSpans` that is a span. */
const spanTag = tag(2, 'bytes')

/** Writes ms since 1970 as nanoseconds, which a number does not hold: by the upper and lower bits of the ms. */
const writeTime = (view: DataView, at: number, ms: number): void => {
  const whole = Math.floor(ms)
  const upper = Math.floor(whole / 2 ** 20)
  // Both products are exact, as is their sum by 32 bits.
  const upperNanos = upper * 1e6
  const carried = Math.floor(upperNanos / 2 ** 12)
  const lower =
    (upperNanos - carried * 2 ** 12) * 2 ** 20 +
    (whole - upper * 2 ** 20) * 1e6 +
    Math.floor((ms - whole) * 1e6)
  const over = Math.floor(lower / 2 ** 32)
  view.setUint32(at, lower - over * 2 ** 32, true)
  view.setUint32(at + 4, carried + over, true)
}

/** Spans that are written one after the other. */
export type SpanBytes = {
  readonly add: (span: EndedSpan) => void
  /** Ends the bytes. To be called once, after the last span. */
  readonly end: () => Uint8Array
  /** The space of the bytes, for further ones once they were sent. */
  readonly space: () => Buffer
}

/**
 * Writes spans for OTLP over HTTP in protobuf (`ExportTraceServiceRequest`), each as it ends: bytes outside of the heap, as
 * objects that wait for an export outlive the collector's young generation. What an operation's spans have in common is
 * copied, and neither texts nor objects are made for a span, which would cost more than all the rest of it.
 * @param resource facts about the process
 * @returns begins to write; it may be given the space of earlier bytes
 */
export const otlpProtobuf = (resource: Attributes): ((used?: Buffer) => SpanBytes) => {
  const startOf = requestStart(resource)
  /** The beginning has the length of the spans, so it is written last, up to here. */
  const first = startOf(longest).length
  return (used = Buffer.allocUnsafeSlow(firstSpace)) => {
    let space = used
    let view = new DataView(space.buffer, space.byteOffset, space.length)
    let length = first
    const grow = (needed: number): void => {
      const larger = Buffer.allocUnsafeSlow(Math.max(2 * space.length, needed))
      space.copy(larger, 0, 0, length)
      space = larger
      view = new DataView(space.buffer, space.byteOffset, space.length)
    }
    const append = (field: Uint8Array): void => {
      space.set(field, length)
      length += field.length
    }
    return {
      add: ({ operation, trace, id, parent, startedAt, endedAt, error, attributes }) => {
        const { root, child } = startsOf(operation)
        const start = parent ? child : root
        // The length comes before the span, so its attributes are looked up twice: a list of them would be an object.
        let size = start.length
        for (const key in attributes) size += attributeField(key, attributes[key]!).length
        if (error !== undefined) size += errorField(error).length
        if (length + mostBefore + size > space.length) grow(length + mostBefore + size)

        space[length] = spanTag
        const at = writeVarint(space, length + 1, size)
        space.set(start, at)
        view.setInt32(at + offsets.traceId, trace.first)
        view.setInt32(at + offsets.traceId + 4, trace.second)
        view.setInt32(at + offsets.traceId + 8, trace.third)
        view.setInt32(at + offsets.traceId + 12, trace.fourth)
        view.setInt32(at + offsets.spanId, id.high)
        view.setInt32(at + offsets.spanId + 4, id.low)
        writeTime(view, at + offsets.startedAt, startedAt)
        writeTime(view, at + offsets.endedAt, endedAt)
        if (parent) {
          view.setInt32(at + offsets.parent, parent.high)
          view.setInt32(at + offsets.parent + 4, parent.low)
        }
        length = at + start.length
        for (const key in attributes) append(attributeField(key, attributes[key]!))
        if (error !== undefined) append(errorField(error))
      },
      end: () => {
        const start = startOf(length - first)
        space.set(start, first - start.length)
        return space.subarray(first - start.length, length)
      },
      space: () => space,
    }
  }
}
