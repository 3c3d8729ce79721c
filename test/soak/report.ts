import type { Book } from './books.ts'
import { isGrowing, isMemory } from './samples.ts'
import { judge, type Point, type Verdict } from './slope.ts'
import type { Fault } from './trouble.ts'

/** A judged series. */
export type Trend = Verdict & {
  readonly name: string
  readonly points: number
  readonly first: number
  readonly last: number
}

/** What a soak has shown. */
export type Report = {
  readonly seed: number
  readonly seconds: number
  readonly processes: readonly string[]
  readonly statuses: Readonly<Record<string, number>>
  /** Counts of what was done, by the action. */
  readonly actions: Readonly<Record<string, number>>
  readonly faults: readonly Fault[]
  readonly books: readonly Book[]
  readonly trends: readonly Trend[]
  /** Answers that nobody expects, and processes that ended by themselves, with their numbers. */
  readonly wrong: Readonly<Record<string, number>>
  /** Logged errors, with their numbers. */
  readonly logged: Readonly<Record<string, number>>
}

const megabyte = 1024 ** 2
/** Gains that are none: of memory, and of rows. Each process that is up has some twenty connections and rows. */
const limits = {
  memory: { allowance: 24 * megabyte, share: 0.15, least: 600 },
  rows: { allowance: 24, share: 0.25 },
}

/** Judges all series. */
export const trendsOf = (series: ReadonlyMap<string, readonly Point[]>): readonly Trend[] =>
  [...series].map(([name, points]) => ({
    name,
    points: points.length,
    first: points[0]?.[1] ?? 0,
    last: points.at(-1)?.[1] ?? 0,
    ...judge(points, isMemory(name) ? limits.memory : limits.rows),
  }))

/** Whether nothing is wrong. */
export const isGood = ({ books, trends, wrong }: Report): boolean =>
  books.every(({ faults }) => faults.length === 0) &&
  trends.every(({ name, verdict }) => verdict !== 'grows' || isGrowing(name)) &&
  Object.keys(wrong).length === 0

/** Most faults of a book that the text shows; the JSON has all. */
const mostShown = 20

const inUnit = (name: string, value: number): string =>
  isMemory(name) || name.startsWith('bytes ')
    ? `${(value / megabyte).toFixed(1)} MB`
    : value.toFixed(Math.abs(value) < 10 && !Number.isInteger(value) ? 1 : 0)

const counts = (all: Readonly<Record<string, number>>): string =>
  Object.entries(all)
    .map(([what, count]) => `${what}: ${count}`)
    .join(', ')

/** The report as a text. */
export const inWords = (report: Report): string => {
  const { seed, seconds, processes, statuses, actions, faults, books, trends, wrong, logged } =
    report
  return [
    `Soak of ${(seconds / 60).toFixed(1)} minutes, seed ${seed}, processes: ${processes.join(', ')}`,
    `Actions: ${counts(actions)}`,
    `Answers by status (0: none): ${counts(statuses)}`,
    '',
    `Faults caused: ${faults.length}`,
    ...faults.map(
      ({ at, what, tookMs }) =>
        `  ${new Date(at).toISOString().slice(11, 19)} ${what} (${(tookMs / 1_000).toFixed(0)} s)`,
    ),
    '',
    'Books:',
    ...books.flatMap(({ name, compared, faults: found }) => [
      `  ${found.length === 0 ? 'ok   ' : 'WRONG'} ${name}: ${compared} compared, ${found.length} faults`,
      ...found.slice(0, mostShown).map((fault) => `          ${fault}`),
      ...(found.length > mostShown ? [`          and ${found.length - mostShown} more`] : []),
    ]),
    '',
    'Memory and tables (gain by the slope of the last two thirds):',
    ...trends.map(({ name, verdict, gain, median, first, last, points }) => {
      const judged = isGrowing(name) ? 'not judged' : verdict
      const [from, to, middle, more] = [first, last, median, gain].map((one) => inUnit(name, one))
      return `  ${judged}: ${name}: ${from} to ${to}, median ${middle}, gain ${more} (${points} samples)`
    }),
    '',
    `Unexpected: ${Object.keys(wrong).length === 0 ? 'nothing' : ''}`,
    ...Object.entries(wrong).map(([what, count]) => `  ${count} × ${what}`),
    'Errors in the logs, those of the faults included:',
    ...Object.entries(logged).map(([what, count]) => `  ${count} × ${what}`),
    '',
    isGood(report) ? 'All is well.' : 'Something is wrong.',
  ].join('\n')
}
