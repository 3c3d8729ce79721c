import { Type, type Static } from 'typebox'

/** Levels of log lines, the least important first. */
export const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const
/** Schema of a level. */
export const LogLevel = Type.Enum([...levels])
export type LogLevel = Static<typeof LogLevel>

const thrown = {
  type: Type.String(),
  message: Type.String(),
  code: Type.Optional(Type.String()),
  stack: Type.Optional(Type.String()),
}

/** An error with the chain of its causes, the nearest first. */
export const LoggedError = Type.Object({ ...thrown, causes: Type.Array(Type.Object(thrown)) })
export type LoggedError = Static<typeof LoggedError>

/** A log line, as it is stored and answered. */
export const LogEntry = Type.Object({
  /** Unique; lines of one process sort by it within a millisecond. */
  id: Type.String(),
  time: Type.String({ format: 'date-time' }),
  level: LogLevel,
  service: Type.String({ description: 'The context that served the request, or the process' }),
  process: Type.String({ description: 'Host and id of the process' }),
  message: Type.String(),
  traceId: Type.Optional(Type.String()),
  error: Type.Optional(LoggedError),
  details: Type.Optional(
    Type.Record(Type.String(), Type.Unknown(), { description: 'Further fields of the line' }),
  ),
})
export type LogEntry = Static<typeof LogEntry>

/** Place of an entry in the order of time. */
export type LogPlace = Pick<LogEntry, 'time' | 'id'>

/** Question to the log; every given condition must hold. */
export type LogQuery = {
  readonly service?: string | undefined
  readonly level?: LogLevel | undefined
  readonly traceId?: string | undefined
  /** Words; each begins a word of the message or of an error in the chain. */
  readonly q?: string | undefined
  /** Canonical moments (UTC, three decimals), both included. */
  readonly from?: string | undefined
  readonly to?: string | undefined
  /** Only older entries than this one. */
  readonly before?: LogPlace | undefined
  readonly limit: number
}

/** Log lines of all processes. */
export type LogStore = {
  /**
   * Stores entries; one that is stored already (by its id) may be given again.
   * @throws Unavailable when the store does not take them; a part may have been stored
   */
  readonly write: (entries: readonly LogEntry[]) => Promise<void>
  /**
   * Finds entries, the latest first.
   * @throws Unavailable when the store does not answer
   */
  readonly find: (query: LogQuery) => Promise<readonly LogEntry[]>
  readonly close: () => Promise<void>
}
