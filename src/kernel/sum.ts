import type { AnyProjection, Projection } from './projection.ts'

/** Amounts by what is counted: pieces, likes, or minor units by currency. An amount of 0 and one that is absent are the same. */
export type Amounts = Readonly<Record<string, number>>

/** A sum without the types of its documents, as an audit handles it. */
export type AnySum = {
  /** What is summed, for people: `reserved pieces`. */
  readonly name: string
  /** The projection whose documents have the amounts. */
  readonly of: AnyProjection
  /** Counts the same amounts from events by rules of its own; no store has its documents. */
  readonly ledger: AnyProjection
  readonly inDocument: (document: never) => Amounts
  readonly inLedger: (counted: never) => Amounts
}

/**
 * Declares amounts that the documents of a projection must have in common with the log, counted by two independent rules: it
 * finds errors of a projection's rules, which folding again repeats.
 * @param declaration.ledger a projection with the same keys that is not stored
 * @param declaration.inDocument the amounts in a document
 * @param declaration.inLedger the amounts that the ledger has counted for the same key
 */
export const sum = <Document, Counted>(declaration: {
  readonly name: string
  readonly of: Projection<Document>
  readonly ledger: Projection<Counted>
  readonly inDocument: (document: Document) => Amounts
  readonly inLedger: (counted: Counted) => Amounts
}): AnySum => declaration

/** Adds amounts. */
export const added = (one: Amounts, other: Amounts): Amounts => {
  const total: Record<string, number> = { ...one }
  for (const [name, amount] of Object.entries(other)) total[name] = (total[name] ?? 0) + amount
  return total
}

/** Whether amounts are the same. */
export const isSameAmounts = (one: Amounts, other: Amounts): boolean =>
  [...Object.keys(one), ...Object.keys(other)].every(
    (name) => (one[name] ?? 0) === (other[name] ?? 0),
  )
