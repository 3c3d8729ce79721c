import type { Store } from '#kernel'

/**
 * What differs between a stored document and the log:
 * - `different`: fields of the document
 * - `missing`: the store has no document, though the log yields one
 * - `orphan`: the store has a document, though the log yields none
 * - `sum`: its amounts differ from those that are counted in the log by other rules
 */
export type AuditDifference = {
  readonly key: string
  readonly kind: 'different' | 'missing' | 'orphan' | 'sum'
  /** Names of the fields, or of the sums; never their values, which may be personal. */
  readonly fields: readonly string[]
}

/** One sum over the documents of an audit. */
export type AuditedSum = {
  readonly name: string
  /** Amounts in the log, and in the documents. */
  readonly ledger: Readonly<Record<string, number>>
  readonly documents: Readonly<Record<string, number>>
}

/** Findings of an audit of a read model. */
export type AuditFindings = {
  readonly generation: number
  readonly store: Store
  /** Position of the log up to which events were folded. */
  readonly position: bigint
  /** Whether all documents were audited, not a sample. */
  readonly isWhole: boolean
  /** Number of documents looked at: the sum of the numbers that follow, without the parked ones. */
  readonly looked: number
  readonly same: number
  readonly different: number
  readonly missing: number
  readonly orphans: number
  /** Documents whose sums alone differ. */
  readonly sumsOnly: number
  /** Documents that changed each time they were looked at. */
  readonly inconclusive: number
  /** Documents left out, as a dead letter waits for each. */
  readonly parked: number
  /** Whether documents that the log does not yield were looked for. */
  readonly orphansSought: boolean
  readonly sums: readonly AuditedSum[]
}

/** The last audit of a read model that ended. `superseded`: another generation was published meanwhile, or there was none. */
export type Audited =
  | { readonly outcome: 'audited'; readonly at: string; readonly findings: AuditFindings }
  | { readonly outcome: 'superseded' | 'failed'; readonly at: string; readonly detail: string }

/** Progress of a running audit. */
export type AuditProgress = {
  /** Position up to which events are folded, and that of the generation. */
  readonly position: bigint
  readonly head: bigint
  /** Part of the documents that were audited before, from 0 to 1. */
  readonly share: number
}

/** State of the audits of a read model. */
export type AuditState = {
  readonly running?: AuditProgress
  readonly last?: Audited
  /** Differences that no later audit has found resolved, the first ones by key. */
  readonly open: readonly AuditDifference[]
}

/** An operator's request. */
export type AuditRequest = {
  readonly id: string
  /** Whether all documents are to be audited, not a sample. */
  readonly all: boolean
}

/** The audits of a read model: the request that waits or is worked on, and the state. */
export type AuditRecord = AuditState & { readonly name: string; readonly request?: AuditRequest }

/** Store of requests for audits and of their findings, shared by all processes. Everything throws `Unavailable` in an outage. */
export type Audits = {
  /** Requests an audit of a read model; replaces a request that was not answered. */
  readonly request: (name: string, request: AuditRequest) => Promise<void>
  /** Removes a request, unless another one has replaced it. */
  readonly answered: (name: string, request: AuditRequest) => Promise<void>
  readonly save: (name: string, state: AuditState) => Promise<void>
  /** The records of all read models that were ever requested or audited, by name. */
  readonly list: () => Promise<readonly AuditRecord[]>
}

/** The state of a read model that was never audited. */
export const notAudited: AuditState = { open: [] }
