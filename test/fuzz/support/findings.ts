/** A fault that requests have found. */
export type Finding = {
  readonly part: string
  /** Operation, message or RPC. */
  readonly where: string
  /** Kind of the fault, the same each time: `500 internal_error`. */
  readonly what: string
  readonly detail: string
  /** How it is had again: a command of curl, or the payload. */
  readonly reproduction: string
}

/** A request showed a fault. */
export class Fault extends Error {
  override name = 'Fault'
  readonly finding: Finding

  constructor(finding: Finding) {
    super(`${finding.where}: ${finding.what}`)
    this.finding = finding
  }
}

/** The findings of a run, each once. */
export type Findings = {
  readonly all: () => readonly Finding[]
  readonly add: (finding: Finding) => void
  readonly has: (finding: Finding) => boolean
}

const keyOf = ({ part, where, what }: Finding): string => `${part} ${where} ${what}`

/** Creates an empty list. */
export const findings = (): Findings => {
  const found = new Map<string, Finding>()
  return {
    all: () => [...found.values()],
    add: (finding) => void found.set(keyOf(finding), finding),
    has: (finding) => found.has(keyOf(finding)),
  }
}

/** Whether two findings are of one fault. */
export const isSame = (one: Finding, other: Finding): boolean => keyOf(one) === keyOf(other)
