/** The goal of a figure. */
export type Goal = {
  /** `≥ 8,000/s` */
  readonly text: string
  readonly met: boolean
}

/** CPU time of one operation, in µs; figures that were not measured are left out. */
export type Cost = {
  /** The process that serves, or that executes the commands of a part without a server. */
  readonly server?: number
  /** PostgreSQL with all its processes. */
  readonly postgres?: number
  /** The load generator, where it is a process of its own. */
  readonly load?: number
}

/** One row of the report. */
export type Measure = {
  readonly what: string
  readonly figure: number
  /** `/s`, `ms`, `s`, `MB` */
  readonly unit: string
  /** Reference figure, measured in the same run. */
  readonly reference?: { readonly what: string; readonly figure: number }
  /** Ratio of figure to reference; of several rounds the median of the ratios within a round. */
  readonly ratio?: number
  readonly cost?: Cost
  readonly goal?: Goal
  /** Further details: latencies, shares of CPU time. */
  readonly notes?: readonly string[]
}

const numbers = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 })
const counts = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })

/** Formats a figure: `9,312/s`, `3.41 ms`. */
export const spoken = (figure: number, unit: string): string => {
  const number = Math.abs(figure) >= 100 ? counts.format(figure) : numbers.format(figure)
  return unit.startsWith('/') ? `${number}${unit}` : `${number} ${unit}`
}

/** Goal of a minimum. */
export const atLeast = (least: number, unit: string, figure: number): Goal => ({
  text: `≥ ${spoken(least, unit)}`,
  met: figure >= least,
})

/** Goal of a maximum. */
export const atMost = (limit: number, unit: string, figure: number): Goal => ({
  text: `≤ ${spoken(limit, unit)}`,
  met: figure <= limit,
})

const micros = (figure: number | undefined): string =>
  figure === undefined || !Number.isFinite(figure) ? '' : spoken(figure, '').trim()

const cells = (measure: Measure): readonly string[] => {
  const { what, figure, unit, reference, ratio, cost, goal } = measure
  return [
    what,
    spoken(figure, unit),
    reference ? `${spoken(reference.figure, unit)} ${reference.what}` : '',
    ratio === undefined ? '' : ratio.toFixed(2),
    micros(cost?.server),
    micros(cost?.postgres),
    micros(cost?.load),
    goal?.text ?? '',
    goal ? (goal.met ? 'yes' : 'NO') : '',
  ]
}

/** The three columns in the middle are CPU µs per operation. */
const head = ['what', 'figure', 'reference', 'ratio', 'server', 'pg', 'load', 'goal', 'met?']

/** Formats rows as columns for a terminal, each with its notes below. */
export const columns = (
  heads: readonly string[],
  rows: readonly { readonly cells: readonly string[]; readonly notes?: readonly string[] }[],
): string => {
  const widths = heads.map((name, column) =>
    Math.max(name.length, ...rows.map(({ cells: row }) => row[column]!.length)),
  )
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd()
  const rule = widths.map((width) => '─'.repeat(width)).join('  ')
  const body = rows.flatMap(({ cells: row, notes = [] }) => [
    line(row),
    ...notes.map((note) => `    ${note}`),
  ])
  return [line(heads), rule, ...body].join('\n')
}

/** Formats measures as a table for a terminal, each with its notes below. */
export const table = (measures: readonly Measure[]): string =>
  columns(
    head,
    measures.map((measure) => ({ cells: cells(measure), notes: measure.notes ?? [] })),
  )
