import type { AnyDecider, AnySaga } from '#kernel'
import type { CommandOf } from '../../runtime/what-if/command-of.ts'
import type { PolicyReport } from '../../runtime/what-if/report.ts'
import type { Ends } from '../../platform/storage/event-log/range-search.ts'
import type { Advance } from './progress.ts'

/** Rules that a module exports. */
export type Rules = {
  /** Path of the module. */
  readonly file: string
  readonly deciders: readonly AnyDecider[]
  readonly sagas: readonly AnySaga[]
  readonly commandOf?: CommandOf
}

/** Tries rules on the log of this Agora (POSTGRES_URL, EVENTSTORE_URL, or AGORA_DATA); writes nothing. */
export type TryRules = (options: {
  readonly rules: Rules
  readonly ends: Ends
  readonly categories: readonly string[] | undefined
  /** Says what a rule failed with, and where. */
  readonly explain: (error: unknown) => string
  readonly show: (advance: Advance) => void
  readonly signal: AbortSignal
}) => Promise<PolicyReport>
