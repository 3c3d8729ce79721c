import type { Cell, ReportTable } from './report-table.ts'

/** Characters with which spreadsheets begin a formula. */
const formula = /^[=+\-@\t\r]/

const field = (cell: Cell): string => {
  if (typeof cell === 'number') return String(cell)
  const text = formula.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Returns a report as CSV (RFC 4180), with a line of names. Amounts are in minor units. */
export const csvOf = ({ columns, rows }: Pick<ReportTable, 'columns' | 'rows'>): string =>
  [columns, ...rows].map((row) => `${row.map(field).join(',')}\r\n`).join('')
