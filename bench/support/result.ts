import type { Measure } from './measure.ts'
import type { Speed } from './speed.ts'

/** Result of a part. */
export type Measured = {
  readonly part: string
  /** Heading of the part: `Commands over HTTP`. */
  readonly title: string
  readonly seconds: number
  /** Share of a core that other programs took during the part, which may have affected its figures. */
  readonly others: string
  /** Speed of the machine before the part. */
  readonly speed: Speed
  readonly measures: readonly Measure[]
}

/** Result of a run, as it is written to `bench/results`. */
export type Result = {
  /** End of the run, ISO 8601. */
  readonly at: string
  /** Where the log was: `postgres`, `eventstoredb`. */
  readonly log: string
  /** Whether the parts were too short for figures to be relied on. */
  readonly quick: boolean
  /** Cores, memory, versions and durability, each as a text. */
  readonly machine: Readonly<Record<string, string>>
  readonly parts: readonly Measured[]
}
