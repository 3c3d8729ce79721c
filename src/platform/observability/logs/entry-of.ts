import { levels, type LogEntry, type LoggedError } from './port.ts'
import { redacted, redactedText } from './redact.ts'

/** Process that writes a line. */
export type LogSource = {
  /** Name of the service, where the line names none. */
  readonly service: string
  /** Host and id of the process. */
  readonly process: string
}

/** Longest texts, in UTF-16 code units; the rest is cut off. */
const longest = { message: 8_000, stack: 16_000, details: 16_000 }

/** Most causes of an error. */
const mostCauses = 10

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const textOf = (value: unknown, most: number): string | undefined =>
  typeof value === 'string' ? redactedText(value, most).toWellFormed() : undefined

const thrownOf = ({ type, message, code, stack }: Readonly<Record<string, unknown>>) => {
  const [shownCode, shownStack] = [textOf(code, 100), textOf(stack, longest.stack)]
  return {
    type: textOf(type, 200) ?? 'Error',
    message: textOf(message, longest.message) ?? '',
    ...(shownCode !== undefined && { code: shownCode }),
    ...(shownStack !== undefined && { stack: shownStack }),
  }
}

/** Returns the error of a line with its chain of causes; a reason without an error counts as one. */
const errorOf = (err: unknown, reason: unknown): LoggedError | undefined => {
  if (!isRecord(err))
    return typeof reason === 'string'
      ? { ...thrownOf({ type: 'Problem', message: reason }), causes: [] }
      : undefined
  const causes: LoggedError['causes'] = []
  for (let { cause } = err; isRecord(cause) && causes.length < mostCauses; { cause } = cause)
    causes.push(thrownOf(cause))
  return { ...thrownOf(err), causes }
}

/** Level of pino's number: 30 is `info`. */
const levelOf = (number: unknown): LogEntry['level'] =>
  levels[Math.min(5, Math.max(0, Math.floor(Number(number) / 10) - 1))] ?? 'info'

const timeOf = (time: unknown): string | undefined => {
  const date = new Date(typeof time === 'string' || typeof time === 'number' ? time : NaN)
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString()
}

const lineOf = (line: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const parsed: unknown = JSON.parse(line)
    return isRecord(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}

/**
 * Converts a line of the logger to an entry without secrets and personal data.
 * @param line JSON, as pino writes it
 * @param id unique id of the entry
 * @returns undefined for a line that is no JSON object with a time
 */
export const entryOf = (
  line: string,
  id: string,
  { service, process }: LogSource,
): LogEntry | undefined => {
  const parsed = lineOf(line)
  if (!parsed) return undefined
  const { level, time, msg, err, reason, service: named, traceId, correlationId, ...rest } = parsed
  const at = timeOf(time)
  if (at === undefined) return undefined
  const trace = textOf(traceId ?? correlationId, 200)
  const error = errorOf(err, reason)
  const details = redacted(rest)
  const isLong = JSON.stringify(details).length > longest.details
  return {
    id,
    time: at,
    level: levelOf(level),
    service: textOf(named, 100) ?? service,
    process,
    message: textOf(msg, longest.message) ?? '',
    ...(trace !== undefined && { traceId: trace }),
    ...(error && { error }),
    ...(isRecord(details) &&
      Object.keys(details).length > 0 && { details: isLong ? { isTooLong: true } : details }),
  }
}
