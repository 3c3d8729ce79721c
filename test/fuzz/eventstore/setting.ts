import type { Findings } from '../support/findings.ts'
import type { Connection } from './http2-call.ts'
import type { Known } from './messages.ts'
import type { EventStoreTarget } from './target.ts'

/** What the steps of the part `eventstore` work with. */
export type EventStoreSetting = {
  readonly target: EventStoreTarget
  readonly connection: Connection
  readonly known: Known
  readonly seed: number
  /** Number of calls that are wanted. */
  readonly calls: number
  readonly findings: Findings
  readonly count: () => void
}
