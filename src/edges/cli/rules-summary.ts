import type { PolicyReport } from '../../runtime/what-if/report.ts'
import {
  becauseInWords,
  figures,
  isSame,
  kindInWords,
  moneyCells,
  signedCount,
  triedInWords,
} from './rules-sentences.ts'
import { table } from './table.ts'
import { formatCount } from './wording.ts'

const right = 'right' as const

const section = (
  titles: readonly (string | { readonly title: string; readonly align: 'right' })[],
  rows: readonly (readonly string[])[],
): readonly string[] =>
  rows.length === 0
    ? []
    : [
        '',
        ...table(
          titles.map((one) => (typeof one === 'string' ? { title: one } : one)),
          rows,
        ),
      ]

const count = { title: 'count', align: right }
const sums = [
  { title: 'recorded', align: right },
  { title: 'changed', align: right },
  { title: 'difference', align: right },
]

/** Lines of a report for a terminal. */
export const rulesSummary = (report: PolicyReport): readonly string[] => [
  `What if: ${triedInWords(report)}`,
  ...figures(report),
  ...(isSame(report) ? ['Nothing differs.'] : []),
  ...section(
    ['command', 'to', 'would be', 'by', count, 'for example'],
    report.differences.map((one) => [
      one.command,
      one.to,
      kindInWords(one),
      becauseInWords(one),
      formatCount(one.count),
      one.samples[0]?.stream ?? '',
    ]),
  ),
  ...section(
    [
      'saga',
      { title: 'runs', align: right },
      { title: 'differing', align: right },
      'command',
      { title: 'not sent', align: right },
      { title: 'sent', align: right },
    ],
    report.runs.flatMap(({ saga, runs, differing, commands }) => [
      [saga, formatCount(runs), formatCount(differing)],
      ...commands.map(({ to, command, notSent, sent }) => [
        '',
        '',
        '',
        `${command} to ${to}`,
        formatCount(notSent),
        formatCount(sent),
      ]),
    ]),
  ),
  ...section(
    ['category', 'ended', 'would end', count, 'for example'],
    report.ends.map(({ category, recorded, changed, count: number, samples }) => [
      category,
      recorded,
      changed,
      formatCount(number),
      samples[0] ?? '',
    ]),
  ),
  ...section(
    ['money', ...sums],
    report.money.map((one) => [one.name, ...moneyCells(one)]),
  ),
  ...section(
    ['pieces', ...sums],
    report.pieces.map(({ name, recorded, changed, difference }) => [
      name,
      formatCount(recorded),
      formatCount(changed),
      signedCount(difference),
    ]),
  ),
]
