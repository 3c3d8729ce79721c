import { moneyInWords } from '#kernel'
import type { Cell, ReportTable } from './report-table.ts'

/** Bars of a chart; a report with more rows shows its first ones. */
const mostBars = 60

const bar = { height: 18, gap: 4, left: 360, width: 420 } as const

const escaped = (text: Cell): string =>
  String(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')

/** Returns a value of a row in words: money with its currency. */
const shown = (columns: readonly string[], row: readonly Cell[], index: number): string => {
  const value = row[index] ?? ''
  const currency = row[columns.indexOf('currency')]
  const isMoney = columns[index] === 'amount' || columns[index] === 'value'
  return isMoney && typeof value === 'number' && typeof currency === 'string' && currency !== ''
    ? moneyInWords({ amount: value, currency })
    : String(value)
}

/** Draws the rows of a report as horizontal bars. Only bars of one group compare, such as those of one currency. */
const chartOf = ({ columns, rows, chart }: ReportTable): string => {
  const drawn = rows.slice(0, mostBars)
  const textOf = (row: readonly Cell[], of: readonly number[]): string =>
    of.map((index) => row[index] ?? '').join(' ')
  const groupOf = (row: readonly Cell[]): string => textOf(row, chart.groups)
  const most = new Map<string, number>()
  for (const row of drawn) {
    const value = Number(row[chart.value])
    most.set(groupOf(row), Math.max(most.get(groupOf(row)) ?? 1, value))
  }
  const step = bar.height + bar.gap
  const bars = drawn.map((row, index) => {
    const y = index * step
    const value = Number(row[chart.value])
    const length = Math.round((bar.width * Math.max(0, value)) / (most.get(groupOf(row)) ?? 1))
    const middle = y + bar.height - 5
    return [
      `<text x="${bar.left - 8}" y="${middle}" text-anchor="end">${escaped(textOf(row, chart.names))}</text>`,
      `<rect x="${bar.left}" y="${y}" width="${length}" height="${bar.height}"/>`,
      `<text x="${bar.left + length + 6}" y="${middle}">${escaped(shown(columns, row, chart.value))}</text>`,
    ].join('')
  })
  const size = `width="${bar.left + bar.width + 140}" height="${Math.max(1, drawn.length) * step}"`
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="Chart" ${size}>${bars.join('')}</svg>`
}

const style = `body{font:14px/1.4 system-ui,sans-serif;margin:2rem;color:#222}
svg{font-size:12px}rect{fill:#3b6ea5}table{border-collapse:collapse;margin-top:1rem}
th,td{border-bottom:1px solid #ccc;padding:.2rem .8rem;text-align:left}
td.n{text-align:right;font-variant-numeric:tabular-nums}@media print{body{margin:0}}`

/**
 * Returns a report as a page to be printed, with a chart as SVG; it needs no other file and runs no script.
 * @param span.from first moment, in ISO 8601 @param span.to the first one after it
 */
export const htmlOf = (
  table: ReportTable,
  { from, to, timeZone }: { readonly from: string; readonly to: string; readonly timeZone: string },
): string => {
  const { title, columns, rows } = table
  const cells = (row: readonly Cell[]): string =>
    row
      .map((cell, index) => {
        const number = typeof cell === 'number' ? ' class="n"' : ''
        return `<td${number}>${escaped(shown(columns, row, index))}</td>`
      })
      .join('')
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title><style>${style}</style></head><body>
<h1>${escaped(title)}</h1>
<p>From ${escaped(from)} up to ${escaped(to)}; days of ${escaped(timeZone)}.</p>
${chartOf(table)}
<table><thead><tr>${columns.map((name) => `<th>${escaped(name)}</th>`).join('')}</tr></thead>
<tbody>${rows.map((row) => `<tr>${cells(row)}</tr>`).join('\n')}</tbody></table>
</body></html>
`
}
