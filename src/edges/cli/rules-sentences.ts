import { moneyInWords } from '#kernel/money'
import type {
  CommandDifference,
  DifferenceKind,
  MoneyDifference,
  PolicyReport,
} from '../../runtime/what-if/report.ts'
import { formatCount, plural } from './wording.ts'

const kinds: Readonly<Record<DifferenceKind, string>> = {
  refused: 'refused',
  accepted: 'accepted',
  otherEvents: 'other events',
  otherReason: 'refused otherwise',
  notSent: 'not sent',
  sent: 'sent',
}

/** A kind of difference in words. */
export const kindInWords = ({ kind, reason }: Pick<CommandDifference, 'kind' | 'reason'>): string =>
  reason === undefined ? kinds[kind] : `${kinds[kind]}: ${reason}`

/** Why an outcome differs, in words. */
export const becauseInWords = ({ because }: Pick<CommandDifference, 'because'>): string =>
  because === 'rules' ? 'changed rules' : 'consequence'

const signed = (number: number, text: string): string => (number > 0 ? `+${text}` : text)

/** A difference of numbers, with its sign. */
export const signedCount = (number: number): string => signed(number, formatCount(number))

/** Sums of money in words. */
export const moneyCells = ({
  currency,
  recorded,
  changed,
  difference,
}: MoneyDifference): readonly [recorded: string, changed: string, difference: string] => {
  const shown = (amount: number): string => moneyInWords({ amount, currency })
  return [shown(recorded), shown(changed), signed(difference, shown(difference))]
}

/** What was tried, in a sentence. */
export const triedInWords = ({
  deciders,
  sagas,
}: Pick<PolicyReport, 'deciders' | 'sagas'>): string =>
  [
    ...(deciders.length > 0
      ? [`${deciders.length === 1 ? 'decider' : 'deciders'} ${deciders.join(', ')}`]
      : []),
    ...(sagas.length > 0 ? [`${sagas.length === 1 ? 'saga' : 'sagas'} ${sagas.join(', ')}`] : []),
  ].join(' and ')

/** The figures of a report in sentences. */
export const figures = ({ range, events, commands }: PolicyReport): readonly string[] => {
  if (events === 0) return ['There are no events in the range.']
  const unknown = commands.unknown.reduce((sum, { count }) => sum + count, 0)
  return [
    `${plural(events, 'event')}, positions ${range.from} to ${range.to}${range.categories ? `, of ${range.categories.join(', ')}` : ''}.`,
    `${plural(commands.decided, 'recorded command')} decided again, ${formatCount(commands.same)} with the same outcome.`,
    ...(unknown > 0
      ? [
          `${plural(unknown, 'command')} could not be derived and ${unknown === 1 ? 'was' : 'were'} taken as recorded.`,
        ]
      : []),
    ...(commands.ambiguous > 0
      ? [
          `${plural(commands.ambiguous, 'outcome')} may be another one: several commands lead to the recorded events.`,
        ]
      : []),
    ...(commands.assumed > 0 ? [`${plural(commands.assumed, 'answer')} assumed.`] : []),
  ]
}

/** Whether nothing differs. */
export const isSame = ({ differences, runs, ends, money, pieces }: PolicyReport): boolean =>
  differences.length + ends.length + money.length + pieces.length === 0 &&
  runs.every(({ differing }) => differing === 0)
