/** Values of a figure that belong together: a line, or bars of one colour. */
export type FigureSeries = {
  readonly name: string
  /** One for each label; undefined where there is none. */
  readonly values: readonly (number | undefined)[]
}

/** What a chart and its table show: series over labels, such as days. */
export type FigureData = {
  /** What the labels are: days, statuses. */
  readonly head: string
  readonly labels: readonly string[]
  readonly series: readonly FigureSeries[]
}

const msOfDay = 24 * 60 * 60_000

/** Most days of a figure: those of the API's longest range. */
const mostDays = 370

/**
 * Returns the days of a range, `2030-01-31`.
 * @param range.to the first moment after it
 */
export const daysOf = ({
  from,
  to,
  timeZone,
}: {
  readonly from: string
  readonly to: string
  readonly timeZone: string
}): readonly string[] => {
  const written = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' })
  const last = written.format(Date.parse(to) - 1)
  const days = [written.format(Date.parse(from))]
  for (let day = days[0] ?? last; day < last && days.length < mostDays;) {
    day = new Date(Date.parse(day) + msOfDay).toISOString().slice(0, 10)
    days.push(day)
  }
  return days
}

/** An entry of a series, such as the sales of a day in a currency. */
export type Entry = { readonly label: string; readonly series: string; readonly value: number }

/**
 * Arranges entries as a figure: those of one label and series are added up.
 * @param labels all labels in their order, also those without an entry; further ones follow
 * @param most series, the largest ones; the others are left out
 * @param missing value of a label without an entry
 */
export const arranged = (
  head: string,
  entries: readonly Entry[],
  {
    labels = [],
    most = 6,
    missing,
  }: {
    readonly labels?: readonly string[]
    readonly most?: number
    readonly missing?: number
  } = {},
): FigureData => {
  const all = [...new Set([...labels, ...entries.map(({ label }) => label)])]
  const totals = new Map<string, number>()
  const values = new Map<string, number>()
  for (const { label, series, value } of entries) {
    const key = JSON.stringify([series, label])
    values.set(key, (values.get(key) ?? 0) + value)
    totals.set(series, (totals.get(series) ?? 0) + value)
  }
  const names = [...totals]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, most)
    .map(([name]) => name)
  return {
    head,
    labels: all,
    series: names.map((name) => ({
      name,
      values: all.map((label) => values.get(JSON.stringify([name, label])) ?? missing),
    })),
  }
}

/** Returns a figure of one series: `[label, value]`. */
export const plainFigure = (
  head: string,
  name: string,
  rows: readonly (readonly [label: string, value: number])[],
): FigureData => ({
  head,
  labels: rows.map(([label]) => label),
  series: [{ name, values: rows.map(([, value]) => value) }],
})
