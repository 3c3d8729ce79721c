import { AsyncLocalStorage } from 'node:async_hooks'
import { randomBytes } from 'node:crypto'
import type { EndedSpan, Span, SpanExporter, SpanOutcome, SpanStart, Tracer } from './port.ts'
import { traceIdOf, traceparentOf } from './trace-context.ts'

/** Most spans in one export. */
const mostAtOnce = 512

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
const randomIds = (): (() => string) => {
  let pool = ''
  let at = 0
  return () => {
    if (at >= pool.length) {
      pool = randomBytes(8 * 256).toString('hex')
      at = 0
    }
    at += 16
    return pool.slice(at - 16, at)
  }
}

/** A span until it ends: one object and no closures, as there are several for each command. */
class OpenSpan implements Span {
  readonly correlationId: string
  readonly id: string
  readonly #start: SpanStart
  readonly #traceId: string
  readonly #startedAt: number
  #ended: ((span: Omit<EndedSpan, 'endedAt'>) => void) | undefined

  constructor(
    start: SpanStart,
    traceId: string,
    id: string,
    startedAt: number,
    ended: (span: Omit<EndedSpan, 'endedAt'>) => void,
  ) {
    this.correlationId = start.correlationId
    this.id = id
    this.#start = start
    this.#traceId = traceId
    this.#startedAt = startedAt
    this.#ended = ended
  }

  get traceparent(): string {
    return traceparentOf(this.#traceId, this.id)
  }

  end({ error, attributes: further }: SpanOutcome = none): void {
    const ended = this.#ended
    if (!ended) return
    this.#ended = undefined
    const { name, kind, parent, attributes } = this.#start
    ended({
      traceId: this.#traceId,
      id: this.id,
      parent,
      name,
      kind,
      startedAt: this.#startedAt,
      error: nameOf(error),
      attributes: further ? { ...attributes, ...further } : (attributes ?? none),
    })
  }
}

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
    isSampled = () => true,
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
  const now = (): number => performance.timeOrigin + performance.now()
  const waiting: EndedSpan[] = []
  let exporting: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let exported = 0
  let dropped = 0
  /** Number of spans in the export that is under way. */
  let underWay = 0

  const exportWaiting = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, mostAtOnce)
      underWay = batch.length
      try {
        await exporter.export(batch)
        exported += batch.length
      } catch (error) {
        dropped += batch.length
        onError(error)
      }
      underWay = 0
      // A small rest of a batch lingers for others.
      if (waiting.length < mostAtOnce) break
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

  const ended = (span: Omit<EndedSpan, 'endedAt'>): void => {
    if (waiting.length + underWay >= most) {
      dropped += 1
      return
    }
    waiting.push({ ...span, endedAt: now() })
    if (exporting) return
    if (waiting.length >= mostAtOnce) void flush()
    else schedule()
  }

  /** The trace of the last span: most spans follow another one of their trace. */
  let last: { readonly correlationId: string; readonly traceId: string | undefined } | undefined
  const sampledTraceOf = (correlationId: string): string | undefined => {
    if (last?.correlationId !== correlationId) {
      const traceId = traceIdOf(correlationId)
      const sampled = traceId !== undefined && isSampled(traceId) ? traceId : undefined
      last = { correlationId, traceId: sampled }
    }
    return last.traceId
  }

  return {
    begin: (start) => {
      const traceId = sampledTraceOf(start.correlationId)
      if (traceId === undefined) return undefined
      return new OpenSpan(start, traceId, start.id ?? nextId(), start.at ?? now(), ended)
    },
    within: (span, work) => (span ? context.run(span, work) : work()),
    current: (correlationId) => {
      const span = context.getStore()
      return correlationId === undefined || span?.correlationId === correlationId ? span : undefined
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
