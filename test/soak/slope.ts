/** A value at a time in s. */
export type Point = readonly [seconds: number, value: number]

const medianOf = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const [above = Number.NaN, below = Number.NaN] = [sorted[middle], sorted[middle - 1]]
  return sorted.length % 2 === 1 ? above : (above + below) / 2
}

/**
 * Slope of a series per second, by the estimator of Theil and Sen: the median of the slopes of all pairs, which a third of
 * outliers does not move.
 * @returns 0 for fewer than two points in time
 */
export const slopeOf = (points: readonly Point[]): number => {
  const slopes = points.flatMap(([time, value], index) =>
    points
      .slice(index + 1)
      .flatMap(([later, then]) => (later === time ? [] : [(then - value) / (later - time)])),
  )
  return slopes.length === 0 ? 0 : medianOf(slopes)
}

/** What is said of a series. */
export type Verdict = {
  readonly verdict: 'flat' | 'grows' | 'too short'
  /** Of the judged part, by its slope: what it gains from its start to its end. */
  readonly gain: number
  readonly median: number
}

/** Windows that a series is reduced to. */
const windows = 24
/** Fewest windows that are judged. */
const fewest = 8

/**
 * Judges a series. The first third is left out, as caches and pools fill up; the rest is reduced to the minimum of each of
 * up to 16 windows, as garbage waits for its collection above it. The series grows if the slope gains more than both limits
 * and the last quarter of the windows is above the first by the greater one.
 * @param allowance gain that is none, in the unit of the values
 * @param share gain that is none, as a share of the median
 * @param least shortest series that is judged, in s: caches, pools and compiled code of a process fill up for minutes
 */
export const judge = (
  points: readonly Point[],
  {
    allowance,
    share,
    least = 0,
  }: { readonly allowance: number; readonly share: number; readonly least?: number },
): Verdict => {
  const [first, last] = [points[0]?.[0] ?? 0, points.at(-1)?.[0] ?? 0]
  const width = (last - first) / windows
  const lowest = new Map<number, Point>()
  for (const point of points) {
    const window = width === 0 ? 0 : Math.min(windows - 1, Math.floor((point[0] - first) / width))
    const before = lowest.get(window)
    if (window >= windows / 3 && (!before || before[1] > point[1])) lowest.set(window, point)
  }
  const kept = [...lowest.values()]
  const median = kept.length === 0 ? 0 : medianOf(kept.map(([, value]) => value))
  const [begin, end] = [kept[0]?.[0] ?? 0, kept.at(-1)?.[0] ?? 0]
  const gain = slopeOf(kept) * (end - begin)
  if (kept.length < fewest || last - first < least) return { verdict: 'too short', gain, median }
  const limit = Math.max(allowance, share * Math.abs(median))
  const quarter = Math.max(2, kept.length >> 2)
  const values = kept.map(([, value]) => value)
  const rise = medianOf(values.slice(-quarter)) - medianOf(values.slice(0, quarter))
  return { verdict: gain > limit && rise > limit ? 'grows' : 'flat', gain, median }
}
