import type { Advance } from './progress.ts'
import type { WholeLog } from './whole-log.ts'

/** What a copy goes through: looking at what is there already, recording the rest, reading it back. */
export type Phase = 'checking' | 'copying' | 'verifying'

/** What is copied, and whom it tells. */
export type CopyOptions = {
  readonly from: Pick<WholeLog, 'named' | 'log' | 'texts'>
  readonly to: WholeLog
  /** Whether the two are compared only. */
  readonly verifyOnly: boolean
  readonly show: (phase: Phase, advance: Advance) => void
  /** Ends it early. */
  readonly signal: AbortSignal
}
