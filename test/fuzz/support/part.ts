import type { Findings } from './findings.ts'
import type { Stage } from './stage.ts'
import type { Served } from './target.ts'

/** What a part of the fuzz works with. */
export type Setting = {
  readonly served: Served
  readonly stage: Stage
  /** Decides about all that is generated. */
  readonly seed: number
  /** Number of requests that are wanted. */
  readonly requests: number
  readonly findings: Findings
  /** Counts a request. */
  readonly count: () => void
  /** Adds a line to the report. */
  readonly note: (line: string) => void
}

/** A part of the fuzz. */
export type Part = (setting: Setting) => Promise<void>
