import { columns, spoken, type Measure } from '../support/measure.ts'
import { median } from '../support/statistics.ts'

/** Median and spread of the ratios of several rounds. */
export type Spread = { readonly median: number; readonly min: number; readonly max: number }

/** A row that both versions have. */
export type Compared = {
  readonly what: string
  readonly unit: string
  /** Medians of the figures. */
  readonly before: number
  readonly now: number
  /** Figure of the present version ÷ figure of the other, in the same round. */
  readonly figure: Spread
  /** Ratio of their ratios to the row's reference, which excludes changes in the speed of the machine. */
  readonly ratio?: Spread
  /** Ratio of the CPU times of an operation, server and PostgreSQL together. */
  readonly cpu?: Spread
}

const spreadOf = (ratios: readonly number[]): Spread => ({
  median: median(ratios),
  min: Math.min(...ratios),
  max: Math.max(...ratios),
})

/** Spread of the ratios of a figure that both versions have in every round. */
const spreadOfBoth = (
  before: readonly Measure[],
  now: readonly Measure[],
  of: (measure: Measure) => number | undefined,
): Spread | undefined => {
  const ratios = now.map((measure, round) => (of(measure) ?? NaN) / (of(before[round]!) ?? NaN))
  return ratios.every(Number.isFinite) ? spreadOf(ratios) : undefined
}

const cpuOf = ({ cost }: Measure): number | undefined =>
  cost && (cost.server ?? 0) + (cost.postgres ?? 0)

/**
 * Pairs the rows of two versions, round by round; rows that one of them lacks are left out.
 * @param before rows of each round of the other version
 * @param now rows of each round of the present version
 */
export const compared = (
  before: readonly (readonly Measure[])[],
  now: readonly (readonly Measure[])[],
): readonly Compared[] =>
  (now[0] ?? []).flatMap(({ what, unit }): readonly Compared[] => {
    const rowOf = (rows: readonly Measure[]) => rows.find((row) => row.what === what) ?? []
    const [mine, other] = [now.flatMap(rowOf), before.flatMap(rowOf)]
    if (mine.length !== now.length || other.length !== before.length) return []
    const figure = spreadOfBoth(other, mine, (row) => row.figure)
    if (!figure) return []
    const ratio = spreadOfBoth(other, mine, (row) => row.ratio)
    const cpu = spreadOfBoth(other, mine, cpuOf)
    return [
      {
        what,
        unit,
        before: median(other.map((row) => row.figure)),
        now: median(mine.map((row) => row.figure)),
        figure,
        ...(ratio && { ratio }),
        ...(cpu && { cpu }),
      },
    ]
  })

const spreadText = (spread: Spread | undefined): string =>
  spread ? `${spread.median.toFixed(2)} (${spread.min.toFixed(2)}–${spread.max.toFixed(2)})` : ''

/** Formats a comparison as a table for a terminal. */
export const spreads = (rows: readonly Compared[]): string =>
  columns(
    ['what', 'before', 'now', 'figure', 'ratio to reference', 'CPU of server + pg'],
    rows.map(({ what, unit, before, now, figure, ratio, cpu }) => ({
      cells: [
        what,
        spoken(before, unit),
        spoken(now, unit),
        spreadText(figure),
        spreadText(ratio),
        spreadText(cpu),
      ],
    })),
  )
