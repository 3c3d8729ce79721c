import { isSameAmounts, type Amounts, type AnySum } from '#kernel'
import type { AuditDifference } from '../platform/storage/audits/port.ts'
import type { DocumentStore, Generation, Loaded } from '../platform/storage/documents/port.ts'
import { asStored, differingFields, isSameStored } from './audit-differences.ts'
import type { AuditedState, AuditFold } from './audit-fold.ts'

/** What stored documents are compared with. */
export type AuditLook = {
  readonly documents: Pick<DocumentStore, 'load' | 'loadToFold' | 'parts' | 'position'>
  readonly generation: Generation
  readonly fold: AuditFold
  readonly sums: readonly AnySum[]
}

/** The amounts of a sum in the log and in a document. */
export type BothAmounts = { readonly ledger: Amounts; readonly documents: Amounts }

/** What was found at one look; the verdict is missing where events concerned the document as it was read, and it may be the same. */
export type Looked = {
  readonly verdict?: 'same' | AuditDifference
  /** By the name of the sum, where there is a verdict. */
  readonly sums: ReadonlyMap<string, BothAmounts>
}

const loadFrom = async (
  { documents, generation }: AuditLook,
  keys: readonly string[],
): Promise<ReadonlyMap<string, Loaded>> => {
  if (documents.loadToFold) return documents.loadToFold(generation, keys)
  const loaded = await documents.load(generation, keys)
  return new Map([...loaded].map(([key, document]) => [key, { document }]))
}

/** The amounts in a stored document, which may be of any form where it differs. */
const amountsIn = ({ inDocument }: AnySum, stored: unknown): Amounts => {
  if (stored === undefined) return {}
  try {
    const amounts = Object.entries(inDocument(stored as never))
    return Object.fromEntries(amounts.filter(([, amount]) => Number.isSafeInteger(amount)))
  } catch {
    return {}
  }
}

/** The amounts of a document in the log, where it yields one, and as it is stored, where it is. */
const amountsOf = (
  { sums }: AuditLook,
  { document, counted }: AuditedState,
  stored: unknown,
): ReadonlyMap<string, BothAmounts> =>
  new Map(
    sums.map((sum, nth) => [
      sum.name,
      {
        ledger:
          document === undefined || counted[nth] === undefined
            ? {}
            : sum.inLedger(counted[nth] as never),
        documents: amountsIn(sum, stored),
      },
    ]),
  )

/**
 * Loads documents and compares each with what the log yields, at the position that it was true at as it was loaded: some one
 * between the positions that the generation had before and after, or the one that its store names.
 * @param keys few enough to have all of their documents in memory
 */
export const lookAt = async (
  look: AuditLook,
  keys: readonly string[],
): Promise<ReadonlyMap<string, Looked>> => {
  const { documents, generation, fold } = look
  const before = await documents.position(generation)
  await fold.foldTo(before)
  // A document that stood ahead of its generation has moved the fold ahead as well: older states are not known any more.
  const isAhead = fold.position() > before
  const first = new Map(keys.map((key) => [key, fold.stateOf(key)]))
  const watched = fold.watch(keys)
  const loaded = await loadFrom(look, keys)
  // The document of a part that is ahead of the others is true at its position.
  const [parts, least] = [await documents.parts(generation), await documents.position(generation)]
  let until = least
  for (const { position = 0n } of [...parts, ...loaded.values()])
    if (position > until) until = position
  await fold.foldTo(until)
  const changes = watched()

  const { document: schema } = generation.projection
  const declared = new Set(Object.keys(schema.properties))
  const ofKey = (key: string): Looked => {
    const later = changes.get(key) ?? []
    const mayBeSame = isAhead || later.length > 0
    const stored = asStored(loaded.get(key)?.document)
    const states = [first.get(key)!, ...later]
    const matching = states.filter(({ document }) => isSameStored(asStored(document), stored))
    const differs = (
      kind: AuditDifference['kind'],
      fields: readonly string[],
      state = fold.stateOf(key),
    ): Looked =>
      mayBeSame
        ? { sums: new Map() }
        : { verdict: { key, kind, fields }, sums: amountsOf(look, state, stored) }

    if (matching.length === 0) {
      const document = asStored(fold.stateOf(key).document)
      if (stored === undefined) return differs('missing', [])
      if (document === undefined) return differs('orphan', [])
      return differs('different', differingFields(document, stored, declared))
    }
    let differing: readonly string[] = []
    for (const state of matching) {
      const sums = amountsOf(look, state, stored)
      differing = [...sums].flatMap(([sum, both]) =>
        isSameAmounts(both.ledger, both.documents) ? [] : [sum],
      )
      if (differing.length === 0) return { verdict: 'same', sums }
    }
    return differs('sum', differing, matching[0])
  }
  return new Map(keys.map((key) => [key, ofKey(key)]))
}
