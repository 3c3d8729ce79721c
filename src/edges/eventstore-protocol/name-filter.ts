import type { RecordedEvent } from '#kernel'
import type { Filter } from '../../platform/storage/event-log/port.ts'
import { badArgument } from './call-refused.ts'
import { patternTest } from './pattern-test.ts'

/** Filter of events by stream name or event type, split between the log and the endpoint. */
export type NameFilter = {
  /** The part that the log evaluates: it reads matching events only. */
  readonly inLog: Filter
  /** The other part, if any: selects matching events of a page. @throws CallRefused when a pattern takes too long */
  readonly pick?: (events: readonly RecordedEvent[]) => readonly RecordedEvent[]
  /** Number of considered events per checkpoint. */
  readonly checkpointInterval: number
}

/** A filter as a client sends it: by prefixes, or by a regular expression. */
export type NameExpression = {
  readonly of: 'stream' | 'type'
  readonly prefixes: readonly string[]
  /** Empty where prefixes are given. */
  readonly regex: string
}

/** Most characters of the prefixes or the pattern of a filter: each event is compared with each prefix. */
const longestFilter = 10_000

/** Pattern of `excludeSystemEvents`; it matches every event, as the log has no system events. */
const notOfTheSystem = /^\^\[\^\\?\$\](\.\*)?\$?$/

/** Patterns of stream categories: `^(?:order|payment)-`, `^order-.*$`. */
const ofCategories = /^\^(?:\((?:\?:)?([A-Za-z0-9_|]+)\)|([A-Za-z0-9_]+))-(?:\.\*\$?)?$/

/** Patterns of event types: `^(?:OrderPlaced|OrderPaid)$`, `^OrderPlaced$`. */
const ofTypes = /^\^(?:\((?:\?:)?([A-Za-z0-9_|]+)\)|([A-Za-z0-9_]+))\$$/

/** Returns the names in a pattern of the given form; undefined for other patterns. */
const namesIn = (form: RegExp, pattern: string): readonly string[] | undefined => {
  const found = form.exec(pattern)
  const names = (found?.[1] ?? found?.[2])?.split('|')
  return names?.includes('') ? undefined : names
}

const categoriesOf = ({ prefixes, regex }: NameExpression): readonly string[] | undefined => {
  if (regex !== '') return namesIn(ofCategories, regex)
  // A category ends at the first dash.
  return prefixes.every((prefix) => /^[^-]+-$/.test(prefix))
    ? prefixes.map((prefix) => prefix.slice(0, -1))
    : undefined
}

/**
 * Builds a filter from a client's expression; the log evaluates as much of it as it can.
 * @param expression as the client sent it; an empty one matches every event
 * @param checkpointInterval in events considered
 * @throws CallRefused when the pattern is invalid, or the expression too long
 */
export const nameFilter = (expression: NameExpression, checkpointInterval: number): NameFilter => {
  const { of, prefixes, regex } = expression
  if (prefixes.length > 0 && regex !== '')
    throw badArgument('filter: give prefixes or a regex, not both')
  const length = prefixes.reduce((sum, { length: own }) => sum + Math.max(1, own), regex.length)
  if (length > longestFilter)
    throw badArgument(`filter: must have at most ${longestFilter} characters`)
  if ((prefixes.length === 0 && regex === '') || notOfTheSystem.test(regex))
    return { inLog: {}, checkpointInterval }

  const categories = of === 'stream' ? categoriesOf(expression) : undefined
  if (categories) return { inLog: { categories }, checkpointInterval }
  const types = of === 'type' ? namesIn(ofTypes, regex) : undefined
  if (types) return { inLog: { types }, checkpointInterval }

  const test =
    regex === ''
      ? (names: readonly string[]) =>
          names.map((name) => prefixes.some((prefix) => name.startsWith(prefix)))
      : patternTest(regex)
  return {
    inLog: {},
    pick: (events) => {
      const passed = test(events.map((event) => event[of]))
      return events.filter((_, index) => passed[index])
    },
    checkpointInterval,
  }
}
