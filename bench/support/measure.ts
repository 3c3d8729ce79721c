/** What a figure has to reach. */
export type Goal = {
  /** `≥ 8,000/s` */
  readonly text: string
  readonly met: boolean
}

/** One line of the report. */
export type Measure = {
  readonly what: string
  readonly figure: number
  /** `/s`, `ms`, `s`, `MB` */
  readonly unit: string
  /** What the figure is held against, measured in the same run. */
  readonly reference?: { readonly what: string; readonly figure: number }
  /** Figure to reference; of several rounds the median of the ratios within a round. */
  readonly ratio?: number
  readonly goal?: Goal
  /** What else is worth knowing: latencies, who was busy. */
  readonly notes?: readonly string[]
}

const numbers = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 })
const counts = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })

/** A figure as people read it: `9,312/s`, `3.41 ms`. */
export const spoken = (figure: number, unit: string): string => {
  const number = Math.abs(figure) >= 100 ? counts.format(figure) : numbers.format(figure)
  return unit.startsWith('/') ? `${number}${unit}` : `${number} ${unit}`
}

/** A figure that must not be smaller than this. */
export const atLeast = (least: number, unit: string, figure: number): Goal => ({
  text: `≥ ${spoken(least, unit)}`,
  met: figure >= least,
})

/** A figure that must not be larger than this. */
export const atMost = (most: number, unit: string, figure: number): Goal => ({
  text: `≤ ${spoken(most, unit)}`,
  met: figure <= most,
})

const cells = ({ what, figure, unit, reference, ratio, goal }: Measure): readonly string[] => [
  what,
  spoken(figure, unit),
  reference ? `${spoken(reference.figure, unit)} ${reference.what}` : '',
  ratio === undefined ? '' : ratio.toFixed(2),
  goal?.text ?? '',
  goal ? (goal.met ? 'yes' : 'NO') : '',
]

const head = ['what', 'figure', 'reference', 'ratio', 'goal', 'met?']

/** The measures as a table for a terminal, each with its notes below. */
export const table = (measures: readonly Measure[]): string => {
  const rows = [head, ...measures.map(cells)]
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd()
  const rule = widths.map((width) => '─'.repeat(width)).join('  ')
  const body = measures.flatMap((measure) => [
    line(cells(measure)),
    ...(measure.notes ?? []).map((note) => `    ${note}`),
  ])
  return [line(head), rule, ...body].join('\n')
}
