/** Differences between the documents of two generations, by count. */
export type Comparison = {
  readonly same: number
  readonly different: number
  readonly onlyOld: number
  readonly onlyNew: number
}

/** Condition under which a generation that was built beside the live one is published without an operator. */
export type Gate = {
  /** Most documents that may differ; undefined: the generation waits for the operator, whatever the comparison finds. */
  readonly maxDifferences?: number
  /** Paths of fields whose differences do not count, with all that is in them: `total`, `items[].price`. */
  readonly ignoredFields: readonly string[]
}

/** How far a generation with a gate is once it has caught up: compared with the live one, or waiting for an operator. */
export type GateState = 'comparing' | 'waiting'

/** What an operator has requested of a generation that is being built. */
export type GateRequest = 'switch' | 'discard'

/** An event that gave a field its value. */
export type EventPlace = { readonly position: string; readonly type: string; readonly id: string }

/** A field of a document that differs: both values, personal ones masked, long ones cut; a value is absent where there is none. */
export type DifferenceSample = {
  /** Key of the document. */
  readonly key: string
  readonly old?: unknown
  readonly new?: unknown
  /** The event that gave the field its old value last, where today's rules yield that value at all. */
  readonly oldEvent?: EventPlace
  /** The event that changed the field last by today's rules. */
  readonly newEvent?: EventPlace
}

/** Documents that differ in a field. */
type FieldReport = {
  /** Names joined by dots, entries of lists as `[]`, names that no schema declares as `*`: `items[].price`. */
  readonly path: string
  readonly documents: number
  /** Whether the gate ignores the field. */
  readonly ignored: boolean
  readonly samples: readonly DifferenceSample[]
}

/** Differences between a generation with a gate and the live one. */
export type RebuildReport = Comparison & {
  /** End of the comparison, ISO 8601 in UTC. */
  readonly at: string
  /** Position that both stood at when the comparison ended. */
  readonly position: string
  /** Documents that count against the gate: those of one generation alone, and those that differ in fields not ignored. */
  readonly counted: number
  /** The fields that differ, most documents first. */
  readonly fields: readonly FieldReport[]
  /** Differences of fields beyond the bounded number of paths. */
  readonly furtherFields: number
  /** Some keys of documents that only one of the generations has. */
  readonly onlyOldKeys: readonly string[]
  readonly onlyNewKeys: readonly string[]
  /** Nothing was compared, as the documents of the live generation are lost. */
  readonly isOldLost?: true
}

/** A report as it is kept once its generation is live: without samples and keys, which may be those of people. */
export const withoutSamples = (report: RebuildReport): RebuildReport => ({
  ...report,
  fields: report.fields.map((field) => ({ ...field, samples: [] })),
  onlyOldKeys: [],
  onlyNewKeys: [],
})
