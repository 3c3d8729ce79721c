import type { RecordedEvent } from '#kernel'
import type { Filter } from '../../platform/storage/event-log/port.ts'
import { badArgument } from './call-refused.ts'
import { patternTest } from './pattern-test.ts'

/** Which events a reader wants, by the names of their streams or of their types. */
export type NameFilter = {
  /** What the log can do of it, which reads only what is wanted. */
  readonly inLog: Filter
  /** The rest, where there is one: those of a page that are wanted. @throws CallRefused when a pattern takes too long */
  readonly pick?: (events: readonly RecordedEvent[]) => readonly RecordedEvent[]
  /** One checkpoint for so many events considered. */
  readonly checkpointInterval: number
}

/** A filter as a client sends it: of the names that start so, or that match. */
export type NameExpression = {
  readonly of: 'stream' | 'type'
  readonly prefixes: readonly string[]
  /** Empty where prefixes are given. */
  readonly regex: string
}

/** Everything but system events, of which there are none: what clients call `excludeSystemEvents`. */
const notOfTheSystem = /^\^\[\^\\?\$\](\.\*)?\$?$/

/** `^(?:order|payment)-`, `^order-.*$`: streams of some categories. */
const ofCategories = /^\^(?:\((?:\?:)?([A-Za-z0-9_|]+)\)|([A-Za-z0-9_]+))-(?:\.\*\$?)?$/

/** `^(?:OrderPlaced|OrderPaid)$`, `^OrderPlaced$`: events of some types. */
const ofTypes = /^\^(?:\((?:\?:)?([A-Za-z0-9_|]+)\)|([A-Za-z0-9_]+))\$$/

/** The names in a pattern of one of these forms; undefined where it has another form. */
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
 * The filter that a client asks for, with what the log itself can do of it.
 * @param expression as the client sent it; nothing in it lets everything through
 * @param checkpointInterval in events considered
 * @throws CallRefused when the pattern is none
 */
export const nameFilter = (expression: NameExpression, checkpointInterval: number): NameFilter => {
  const { of, prefixes, regex } = expression
  if (prefixes.length > 0 && regex !== '')
    throw badArgument('filter: give prefixes or a regex, not both')
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
