import type { Advance } from './progress.ts'
import type { WholeLog } from './whole-log.ts'

/** Phases of a copy: comparing what the target has already, recording the rest, reading it back. */
export type Phase = 'checking' | 'copying' | 'verifying'

/** Options of a copy. */
export type CopyOptions = {
  readonly from: Pick<WholeLog, 'label' | 'log' | 'texts'>
  readonly to: WholeLog
  /** Whether the logs are only compared. */
  readonly verifyOnly: boolean
  /** Reports progress. */
  readonly show: (phase: Phase, advance: Advance) => void
  /** Aborts the copy. */
  readonly signal: AbortSignal
}
