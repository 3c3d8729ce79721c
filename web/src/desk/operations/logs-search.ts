import { known, oneOf, textIn, type Given } from '../../ui/search-values.ts'

/** Levels of log lines, the least important first. */
export const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const

/** Which log lines a page shows, as its address says. Moments are ISO 8601. */
export type LogsSearch = {
  readonly service?: string
  readonly level?: (typeof levels)[number]
  readonly q?: string
  readonly from?: string
  readonly to?: string
  readonly traceId?: string
  /** Whether new lines are read all the time. */
  readonly tail?: true
}

const moment = (value: unknown): string | undefined => {
  const given = textIn(value)
  if (given === undefined) return undefined
  const at = new Date(given)
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString()
}

/** Reads from an address which log lines are shown; what it does not know is left out. */
export const logsSearch = (given: Given): LogsSearch =>
  known({
    service: textIn(given['service']),
    level: oneOf(levels, given['level']),
    q: textIn(given['q']),
    from: moment(given['from']),
    to: moment(given['to']),
    traceId: textIn(given['traceId']),
    tail: given['tail'] === true ? (true as const) : undefined,
  })
