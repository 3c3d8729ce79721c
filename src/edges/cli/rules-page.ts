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
import { formatCount } from './wording.ts'

const escaped = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')

/** A cell; numbers are aligned to the right. */
type Cell = string | { readonly number: string }

const cell = (one: Cell): string =>
  typeof one === 'string' ? `<td>${escaped(one)}</td>` : `<td class="n">${escaped(one.number)}</td>`

const n = (number: number): Cell => ({ number: formatCount(number) })

const list = (items: readonly string[]): string =>
  `<ul>${items.map((item) => `<li>${escaped(item)}</li>`).join('')}</ul>`

const section = (
  title: string,
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
): string =>
  rows.length === 0
    ? ''
    : `<h2>${escaped(title)}</h2>
<table><thead><tr>${columns.map((column) => `<th scope="col">${escaped(column)}</th>`).join('')}</tr></thead>
<tbody>
${rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('\n')}
</tbody></table>`

const style = `:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:75rem;padding:0 1rem}
table{border-collapse:collapse;margin:.5rem 0 1.5rem;width:100%}th,td{border-bottom:1px solid #8886;padding:.25rem .75rem .25rem 0;text-align:left;vertical-align:top;overflow-wrap:anywhere}
td.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}@media print{body{margin:0;max-width:none}}`

/**
 * Writes a report as one page without scripts or other files.
 * @param name of the module with the rules
 */
export const rulesPage = (report: PolicyReport, name: string): string => {
  const { differences, runs, ends, money, stock, pieces, limits, problems, problemCount } = report
  const samples = differences.flatMap((one) =>
    one.samples.map((sample) => [
      `${one.command} to ${one.to}`,
      sample.stream,
      { number: sample.position },
      sample.at,
      sample.recorded,
      sample.changed,
    ]),
  )
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>What if: ${escaped(name)}</title>
<style>${style}</style>
</head>
<body>
<h1>What if: ${escaped(name)}</h1>
<p>The history of this Agora under changed rules (${escaped(triedInWords(report))}). Nothing was written.</p>
${list(figures(report))}
${isSame(report) ? '<p>Nothing differs.</p>' : ''}
${problemCount > 0 ? `<h2>Failures of the rules</h2><p>${formatCount(problemCount)} in all. Where a decider fails, what was recorded stands; where a saga fails, it sends nothing.</p>${list(problems)}` : ''}
${section(
  'Commands with another outcome',
  ['Command', 'To', 'Would be', 'By', 'Count'],
  differences.map((one) => [
    one.command,
    one.to,
    kindInWords(one),
    becauseInWords(one),
    n(one.count),
  ]),
)}
${section(
  'Ends',
  ['Category', 'Ended', 'Would end', 'Count', 'For example'],
  ends.map((one) => [
    one.category,
    one.recorded,
    one.changed,
    n(one.count),
    one.samples.slice(0, 3).join(', '),
  ]),
)}
${section(
  'Money in the streams that differ',
  ['Sum', 'Recorded', 'Changed', 'Difference'],
  money.map((one) => [one.name, ...moneyCells(one).map((number) => ({ number }))]),
)}
${section(
  'Pieces in the streams that differ',
  ['Sum', 'Recorded', 'Changed', 'Difference'],
  pieces.map((one) => [
    one.name,
    n(one.recorded),
    n(one.changed),
    { number: signedCount(one.difference) },
  ]),
)}
${section(
  'Pieces by product, the greatest differences',
  ['Stream', 'Sum', 'Recorded', 'Changed', 'Difference'],
  stock.map((one) => [
    one.stream,
    one.name,
    n(one.recorded),
    n(one.changed),
    { number: signedCount(one.difference) },
  ]),
)}
${section(
  'Sagas',
  ['Saga', 'Runs', 'Differing', 'Command', 'Not sent', 'Sent'],
  runs.flatMap((one) => [
    [one.saga, n(one.runs), n(one.differing), '', '', ''],
    ...one.commands.map(({ to, command, notSent, sent }): readonly Cell[] => [
      '',
      '',
      '',
      `${command} to ${to}`,
      n(notSent),
      n(sent),
    ]),
  ]),
)}
${section('Examples', ['Command', 'Stream', 'Position', 'Time', 'Recorded', 'Changed'], samples)}
${section(
  'Commands that could not be derived',
  ['To', 'Events', 'Count'],
  report.commands.unknown.map((one) => [one.to, one.events, n(one.count)]),
)}
<h2>What this does not say</h2>
${list(limits)}
</body>
</html>
`
}
