import { setTimeout as pause } from 'node:timers/promises'
import { added, type AnyProjection } from '#kernel'
import type { AuditDifference, AuditFindings } from '../platform/storage/audits/port.ts'
import type { DeadLetters } from '../platform/storage/dead-letters/port.ts'
import { storable } from '../platform/storage/documents/json.ts'
import {
  GenerationMissing,
  type DocumentStore,
  type Generation,
} from '../platform/storage/documents/port.ts'
import { beginAuditFold, type AuditFold, type AuditFolding } from './audit-fold.ts'
import { lookAt, type AuditLook, type BothAmounts } from './audit-look.ts'
import { isInSlice, wholeSlice, type AuditSlice } from './audit-slice.ts'

/** What an audit reads, and how fast. */
export type AuditDeps = Omit<AuditFolding, 'moved'> & {
  readonly documents: Pick<
    DocumentStore,
    'generations' | 'load' | 'loadToFold' | 'parts' | 'position' | 'scan'
  >
  readonly letters: Pick<DeadLetters, 'list'>
  /** Documents that are loaded at once. */
  readonly batch: number
  /** Pause before documents that seem to differ are looked at again, in ms. */
  readonly again: number
  /** Called as events are folded. @param head position of the generation */
  readonly moved: (position: bigint, head: bigint) => void
}

/** Findings in a slice of the keys. */
export type AuditedSlice = {
  /** The slice that was audited. */
  readonly slice: AuditSlice
  /** The slices that were left out, so that memory stays bounded. */
  readonly left: readonly AuditSlice[]
  readonly findings: AuditFindings
  readonly differences: readonly AuditDifference[]
}

/** Another generation answers queries now, or none does: there is nothing to compare. The message gives the reason. */
export class Superseded extends Error {
  override name = 'Superseded'
}

/** How often a document that seems to differ is looked at. */
const looks = 5

/** Returns the live generation. @throws Superseded where it is not one of this version of the projection */
const liveOf = async (
  documents: AuditDeps['documents'],
  projection: AnyProjection,
): Promise<Generation> => {
  const records = await documents.generations(projection.name)
  const live = records.find(({ status }) => status === 'live')
  if (!live) throw new Superseded('No generation is published yet.')
  const { generation, store, version } = live
  if (version !== projection.version)
    throw new Superseded(
      `Generation ${generation} was folded by version ${version} of the projection, not by ${projection.version}.`,
    )
  return { projection, generation, store }
}

/** The keys of stored documents that the log does not yield; at most `limit`. */
const unknownKeys = async (
  { documents, batch, signal, rest }: AuditDeps,
  generation: Generation,
  fold: AuditFold,
  limit: number,
): Promise<readonly string[]> => {
  const known = new Set(fold.keys().map(storable))
  const unknown: string[] = []
  for (let after: string | undefined; unknown.length < limit;) {
    signal.throwIfAborted()
    const begun = performance.now()
    const range = { limit: batch, ...(after !== undefined && { after }) }
    const page = await documents.scan(generation, range)
    for (const [key] of page) if (!known.has(key) && isInSlice(fold.slice(), key)) unknown.push(key)
    if (page.length < batch) break
    after = page.at(-1)?.[0]
    await rest(performance.now() - begun)
  }
  return unknown
}

const audited = async (
  projection: AnyProjection,
  deps: AuditDeps,
  begin: AuditSlice,
): Promise<AuditedSlice> => {
  const { documents, letters, batch, again, most, signal, rest } = deps
  const sums = deps.sums.filter(({ of }) => of.name === projection.name)
  const generation = await liveOf(documents, projection)
  const { generation: number, store } = generation
  const parkedKeys = async () =>
    (await letters.list({ kind: 'projection', name: projection.name, generation: number })).map(
      ({ key }) => key,
    )
  const parked = new Set(await parkedKeys())
  const head = await documents.position(generation)
  const fold = beginAuditFold(projection, begin, {
    ...deps,
    sums,
    moved: (position) => deps.moved(position, head > position ? head : position),
  })
  await fold.foldTo(head)
  fold.settle()

  const look: AuditLook = { documents, generation, fold, sums }
  const differences = new Map<string, AuditDifference>()
  const totals = new Map<string, BothAmounts>(
    sums.map(({ name }) => [name, { ledger: {}, documents: {} }]),
  )
  let same = 0

  /**
   * Looks at documents, batch by batch.
   * @param isFirst whether one that differs is to be looked at again
   * @returns the keys without a verdict
   */
  const judge = async (keys: readonly string[], isFirst: boolean): Promise<readonly string[]> => {
    const undecided: string[] = []
    const wanted = keys.filter((key) => !parked.has(key) && !fold.failed.has(key))
    for (let at = 0; at < wanted.length; at += batch) {
      const begun = performance.now()
      for (const [key, { verdict, sums: amounts }] of await lookAt(
        look,
        wanted.slice(at, at + batch),
      )) {
        if (verdict === undefined || (isFirst && verdict !== 'same')) {
          undecided.push(key)
          continue
        }
        if (verdict === 'same') same += 1
        else differences.set(key, verdict)
        for (const [name, { ledger, documents: stored }] of amounts) {
          const total = totals.get(name)!
          totals.set(name, {
            ledger: added(total.ledger, ledger),
            documents: added(total.documents, stored),
          })
        }
      }
      await rest(performance.now() - begun)
    }
    return undecided
  }

  let undecided = await judge(fold.keys(), true)
  // Whether a stored document is one of the slice is not known where its key was fanned out from another one.
  const orphansSought = !projection.fanOut || fold.slice().bits === 0
  if (orphansSought)
    undecided = [
      ...undecided,
      ...(await judge(await unknownKeys(deps, generation, fold, most), true)),
    ]
  for (let nth = 2; nth <= looks && undecided.length > 0; nth += 1) {
    await pause(again, undefined, { signal })
    undecided = await judge(undecided, false)
  }

  if ((await liveOf(documents, projection)).generation !== number)
    throw new Superseded('Another generation was published meanwhile.')
  for (const key of await parkedKeys()) parked.add(key)
  for (const key of fold.failed) parked.add(key)
  for (const key of parked) differences.delete(key)
  const found = [...differences.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1))
  const countOf = (kind: AuditDifference['kind']): number =>
    found.filter((one) => one.kind === kind).length
  const inconclusive = undecided.filter((key) => !parked.has(key)).length
  return {
    slice: fold.slice(),
    left: fold.left(),
    differences: found,
    findings: {
      generation: number,
      store,
      position: fold.position(),
      isWhole: fold.slice().bits === 0,
      looked: same + found.length + inconclusive,
      same,
      different: countOf('different'),
      missing: countOf('missing'),
      orphans: countOf('orphan'),
      sumsOnly: countOf('sum'),
      inconclusive,
      parked: [...parked].filter((key) => isInSlice(fold.slice(), key)).length,
      orphansSought,
      sums: [...totals].map(([name, both]) => ({ name, ...both })),
    },
  }
}

/**
 * Audits a slice of the documents of a read model: folds them again from the start of the log, and compares them with the
 * stored ones. A document that changes meanwhile must be one of those that the log has yielded meanwhile. One that differs is
 * looked at again, and counts as different when no event has concerned it as it was looked at last.
 * @param begin the slice; it is narrowed where its documents exceed `most`
 * @throws Superseded
 * @throws Unavailable
 */
export const auditSlice = async (
  projection: AnyProjection,
  deps: AuditDeps,
  begin: AuditSlice = wholeSlice,
): Promise<AuditedSlice> => {
  try {
    return await audited(projection, deps, begin)
  } catch (error) {
    if (!(error instanceof GenerationMissing)) throw error
    throw new Superseded('The documents of the generation are not in their store any more.', {
      cause: error,
    })
  }
}
