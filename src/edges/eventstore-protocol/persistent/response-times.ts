/** Number of the latest times that are summarised. */
const latest = 512

/** Response times of a consumer, from a delivery to its acknowledgement. */
export type ResponseTimes = {
  /** @param ms duration */
  readonly add: (ms: number) => void
  /** Returns the measurements by the names that EventStoreDB gives them, in whole ms; none without a time. */
  readonly summary: () => readonly (readonly [name: string, ms: number])[]
}

/** Measures the latest response times. */
export const responseTimes = (): ResponseTimes => {
  const times: number[] = []
  let next = 0
  return {
    add: (ms) => {
      times[next] = ms
      next = (next + 1) % latest
    },
    summary: () => {
      if (times.length === 0) return []
      const sorted = times.toSorted((a, b) => a - b)
      const at = (share: number): number =>
        Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!)
      const mean = sorted.reduce((sum, ms) => sum + ms, 0) / sorted.length
      return [
        ['Mean', Math.round(mean)],
        ['Median', at(0.5)],
        ['Fastest', at(0)],
        ['Quintile 1', at(0.2)],
        ['Quintile 2', at(0.4)],
        ['Quintile 3', at(0.6)],
        ['Quintile 4', at(0.8)],
        ['Quintile 5', at(1)],
        ['90%', at(0.9)],
        ['95%', at(0.95)],
        ['99%', at(0.99)],
        ['99.5%', at(0.995)],
        ['99.9%', at(0.999)],
        ['Highest', at(1)],
      ]
    },
  }
}
