import { styleText } from 'node:util'
import type { RebuildReport } from './answers.ts'
import { table } from './table.ts'
import { formatCount, plural, truncated } from './wording.ts'

/** Most letters of a value in a cell. */
const longest = 40

const columns = [
  { title: 'field' },
  { title: 'documents', align: 'right' },
  { title: 'for example' },
  { title: 'before' },
  { title: 'by' },
  { title: 'after' },
  { title: 'by' },
] as const

type Sample = RebuildReport['fields'][number]['samples'][number]

const valueOf = (sample: Sample, name: 'old' | 'new'): string =>
  name in sample ? truncated(JSON.stringify(sample[name]), longest) : '–'

const placeOf = (event: Sample['newEvent']): string =>
  event ? `${event.type} at ${event.position}` : ''

const cellsOf = (sample: Sample): readonly string[] => [
  sample.key,
  valueOf(sample, 'old'),
  placeOf(sample.oldEvent),
  valueOf(sample, 'new'),
  placeOf(sample.newEvent),
]

/** Compares two generations in one line. */
export const comparedLine = ({
  same,
  different,
  onlyOld,
  onlyNew,
}: Pick<RebuildReport, 'same' | 'different' | 'onlyOld' | 'onlyNew'>): string => {
  const all = same + different + onlyOld + onlyNew
  if (all === same) return `Compared with the one before: all ${plural(all, 'document')} the same.`
  return `Compared with the one before: ${formatCount(same)} the same, ${formatCount(different)} different, ${formatCount(onlyOld)} only before, ${formatCount(onlyNew)} only now.`
}

/** Lines about the differences that a rebuild with a gate has found: a table by field with samples and their events. */
export const reportLines = (report: RebuildReport): readonly string[] => {
  const { fields, furtherFields, onlyOldKeys, onlyNewKeys, isOldLost } = report
  if (isOldLost) return ['Nothing was compared: the documents of the one before are lost.']
  const rows = fields.flatMap(({ path, documents, ignored, samples }) => {
    const name = ignored ? `${path} (ignored)` : styleText('yellow', path)
    const [first, ...others] = samples
    return [
      [name, formatCount(documents), ...(first ? cellsOf(first) : [])],
      ...others.map((sample) => ['', '', ...cellsOf(sample)]),
    ]
  })
  return [
    comparedLine(report),
    ...(rows.length > 0 ? table(columns, rows) : []),
    ...(furtherFields > 0
      ? [`${plural(furtherFields, 'difference')} of further fields are not listed.`]
      : []),
    ...(onlyOldKeys.length > 0 ? [`Only before, for example: ${onlyOldKeys.join(', ')}`] : []),
    ...(onlyNewKeys.length > 0 ? [`Only now, for example: ${onlyNewKeys.join(', ')}`] : []),
  ]
}
