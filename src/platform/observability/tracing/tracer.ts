import { AsyncLocalStorage } from 'node:async_hooks'
import { randomFillSync } from 'node:crypto'
import { decisions } from './decisions.ts'
import { readUuid, type SpanId } from './ids.ts'
import type {
  Attributes,
  EndedSpan,
  Operation,
  Span,
  SpanBatch,
  SpanExporter,
  SpanOutcome,
  SpanStart,
  Trace,
  Tracer,
} from './port.ts'
import { traceparentOf } from './trace-context.ts'

/** Most spans in one export, which has some 230 kB then: a request costs as much as a hundred spans. */
const mostAtOnce = 2_048

/** How long a span waits for others, in ms. */
const linger = 1_000

/** How long closing waits for the last export, in ms. */
const closeWithin = 1_000

/** Most spans in memory; further ones are dropped until an export has ended. */
const mostWaiting = 8_192

const none: Readonly<Record<string, never>> = {}

const nameOf = (error: unknown): string | undefined =>
  error === undefined ? undefined : error instanceof Error ? error.name : 'Error'

/** Random ids, drawn many at a time: one system call for each would cost more than the span. */
const randomIds = (): (() => SpanId) => {
  const pool = new Int32Array(512)
  let at = pool.length
  return () => {
    if (at >= pool.length) {
      randomFillSync(pool)
      at = 0
    }
    at += 2
    return { high: pool[at - 2]!, low: pool[at - 1]! }
  }
}

/** A span: one object and no closures, as there are several for each command. */
class TracedSpan implements Span, EndedSpan {
  readonly trace: Trace
  readonly operation: Operation
  readonly id: SpanId
  readonly parent: SpanId | undefined
  readonly startedAt: number
  endedAt = 0
  error: string | undefined = undefined
  attributes: Attributes | undefined = undefined
  readonly #ended: (span: TracedSpan) => void

  constructor(
    trace: Trace,
    { operation, parent }: SpanStart,
    id: SpanId,
    startedAt: number,
    ended: (span: TracedSpan) => void,
  ) {
    this.trace = trace
    this.operation = operation
    this.id = id
    this.parent = parent
    this.startedAt = startedAt
    this.#ended = ended
  }

  get traceparent(): string {
    return traceparentOf(this.trace, this.id)
  }

  end({ error, attributes }: SpanOutcome = none): void {
    if (this.endedAt > 0) return
    this.error = nameOf(error)
    this.attributes = attributes
    this.#ended(this)
  }
}

/** Spans that wait for their export, and their number. */
type Waiting = { readonly batch: SpanBatch; count: number }

/**
 * A tracer that samples traces and exports spans in batches, one export at a time. Memory is bounded: while the trace
 * store is away or too slow, spans are dropped and counted, and nothing waits for it.
 * @param options.isSampled whether a trace is sampled, by its id in 32 hexadecimal digits; default: all are
 * @param options.waiting most spans in memory, default 8,192
 * @param options.onError called when an export fails
 */
export const tracer = (
  exporter: SpanExporter,
  {
    isSampled,
    waiting: most = mostWaiting,
    onError,
  }: {
    readonly isSampled?: (traceId: string) => boolean
    readonly waiting?: number
    readonly onError: (error: unknown) => void
  },
): Tracer => {
  const context = new AsyncLocalStorage<Span | undefined>()
  const nextId = randomIds()
  const origin = performance.timeOrigin
  const now = (): number => origin + performance.now()
  /** Batches, all full but the last. */
  const waiting: Waiting[] = []
  /** Number of spans in `waiting`, and in the export that is under way. */
  let held = 0
  let exporting: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let exported = 0
  let dropped = 0

  const isFull = (): boolean => (waiting[0]?.count ?? 0) >= mostAtOnce

  const exportWaiting = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = isFull() ? waiting.shift() : undefined) {
      const { batch, count } = next
      try {
        await batch.export()
        exported += count
      } catch (error) {
        dropped += count
        onError(error)
      }
      held -= count
      // A small rest of a batch lingers for others.
    }
  }

  const flush = (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    exporting ??= exportWaiting().finally(() => {
      exporting = undefined
      if (waiting.length > 0) schedule()
    })
    return exporting
  }

  const schedule = (): void => {
    timer ??= setTimeout(() => void flush(), linger).unref()
  }

  const add = (span: EndedSpan): void => {
    if (held >= most) {
      dropped += 1
      return
    }
    let last = waiting.at(-1)
    if (!last || last.count >= mostAtOnce) {
      last = { batch: exporter.batch(), count: 0 }
      waiting.push(last)
    }
    last.batch.add(span)
    last.count += 1
    held += 1
    if (exporting) return
    if (last.count >= mostAtOnce) void flush()
    else schedule()
  }

  const ended = (span: TracedSpan): void => {
    span.endedAt = now()
    add(span)
  }

  const decision = isSampled && decisions(isSampled)
  /** The bits of a correlation id, while its trace is looked up. */
  const words = new Int32Array(4)
  const sampled = (correlationId: string): Trace | undefined => {
    if (!readUuid(correlationId, words)) return undefined
    if (decision && !decision(correlationId, words)) return undefined
    return {
      correlationId,
      first: words[0]!,
      second: words[1]!,
      third: words[2]!,
      fourth: words[3]!,
    }
  }

  return {
    sampled,
    begin: (trace, start) =>
      new TracedSpan(trace, start, start.id ?? nextId(), start.at ?? now(), ended),
    record: (trace, { operation, id = nextId(), parent, at }, endedAt = now()) =>
      add({
        trace,
        operation,
        id,
        parent,
        startedAt: at ?? endedAt,
        endedAt,
        error: undefined,
        attributes: undefined,
      }),
    within: (span, work) => (span ? context.run(span, work) : work()),
    current: (correlationId) => {
      const span = context.getStore()
      return correlationId === undefined || span?.trace.correlationId === correlationId
        ? span
        : undefined
    },
    now,
    counts: () => ({ exported, dropped }),
    close: async () => {
      const enough = Promise.withResolvers<void>()
      const limit = setTimeout(enough.resolve, closeWithin)
      const rest = async (): Promise<void> => {
        while (waiting.length > 0 || exporting) await flush()
        await exporter.close()
      }
      await Promise.race([rest().catch(onError), enough.promise])
      clearTimeout(limit)
      clearTimeout(timer)
    },
  }
}
