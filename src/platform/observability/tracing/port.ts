import type { SpanId } from './ids.ts'

/** Role of an operation in a trace, as OpenTelemetry names it. */
export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer'

/** Facts about an operation, by name. Never personal data or secrets: traces leave Agora. */
export type Attributes = Readonly<Record<string, string | number | boolean>>

/** What the spans of one operation have in common. Made once and used for all of them: how it is encoded is remembered by the object. */
export type Operation = {
  /** Name with few values: a route, a command, an event type, a read model. */
  readonly name: string
  readonly kind: SpanKind
  readonly attributes?: Attributes
}

/** A trace that is sampled. */
export type Trace = {
  /** Correlation id of what belongs to the trace, which is its id. */
  readonly correlationId: string
  /** The 128 bits of its id, as four numbers of 32 bits with a sign. */
  readonly first: number
  readonly second: number
  readonly third: number
  readonly fourth: number
}

/** An operation that begins. */
export type SpanStart = {
  readonly operation: Operation
  /** Id of the span. Default: a random one. */
  readonly id?: SpanId | undefined
  /** Id of the span that caused it. Default: none. */
  readonly parent?: SpanId | undefined
  /** Start in ms since 1970, with fractions. Default: now. */
  readonly at?: number | undefined
}

/** Outcome of an operation. */
export type SpanOutcome = {
  /** What it failed with; only the name of the error is recorded, as messages may hold personal data. */
  readonly error?: unknown
  readonly attributes?: Attributes
}

/** A traced operation. */
export type Span = {
  readonly trace: Trace
  readonly id: SpanId
  /** Header that carries the trace to another process (W3C Trace Context). */
  readonly traceparent: string
  /** Ends it; later calls have no effect. */
  readonly end: (outcome?: SpanOutcome) => void
}

/** Traces operations; a process that is not traced has no tracer. */
export type Tracer = {
  /** Returns the trace of a correlation id; undefined unless it is sampled, which most are not. */
  readonly sampled: (correlationId: string) => Trace | undefined
  /** Begins an operation. */
  readonly begin: (trace: Trace, start: SpanStart) => Span
  /** Records an operation that has ended. @param until its end; default: now */
  readonly record: (trace: Trace, start: SpanStart, until?: number) => void
  /** Runs work, and everything that it awaits, as part of an operation. */
  readonly within: <T>(span: Span | undefined, work: () => T) => T
  /** The operation that the caller is part of. @param correlationId undefined unless it belongs to this trace */
  readonly current: (correlationId?: string) => Span | undefined
  /** Now, in ms since 1970, with fractions; never goes back. */
  readonly now: () => number
  /** Number of spans that were exported, and dropped because the trace store did not take them in time. */
  readonly counts: () => { readonly exported: number; readonly dropped: number }
  /** Exports what is left, for a second at most. */
  readonly close: () => Promise<void>
}

/** An operation that has ended. */
export type EndedSpan = {
  readonly operation: Operation
  readonly trace: Trace
  readonly id: SpanId
  readonly parent: SpanId | undefined
  /** In ms since 1970, with fractions. */
  readonly startedAt: number
  readonly endedAt: number
  /** Name of the error that it failed with. */
  readonly error: string | undefined
  /** Attributes of its outcome, further to those of the operation. */
  readonly attributes: Attributes | undefined
}

/** Spans that are sent together. */
export type SpanBatch = {
  /** Adds a span, encoded: no object is left to wait for the export. */
  readonly add: (span: EndedSpan) => void
  /** Sends the spans, once. Rejects when the store did not take them; the caller drops them then. */
  readonly export: () => Promise<void>
}

/** Sends spans to a trace store. */
export type SpanExporter = {
  /** Begins an empty batch. */
  readonly batch: () => SpanBatch
  readonly close: () => Promise<void>
}
