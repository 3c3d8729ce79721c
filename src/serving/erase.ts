import type { Projection } from '#kernel'
import type { UserId } from '../domains/shared/index.ts'
import type { Blobs } from '../platform/storage/blobs/port.ts'
import type { Sms } from '../platform/external/sms/port.ts'
import type { Query } from '../platform/storage/documents/port.ts'
import type { Executor, Origin } from '../runtime/execution.ts'
import type { ReadModels } from '../runtime/reading.ts'

/** The erasure of a person who has left. */
export type Erasing = {
  readonly userId: UserId
  /** Whether the erasure waits for nothing, even if that loses something. */
  readonly hastened: boolean
  /** The same for every attempt; commands derive their origins from it by `derivedOrigin`. */
  readonly origin: Origin
}

/** What a context erased of a person. */
export type Erased = {
  /** Number of records that cannot be erased yet; the erasure is complete only once it is 0 for all contexts. */
  readonly awaited: number
  /** Number of erased records by kind: `{ follows: 2 }`. */
  readonly counts: Readonly<Record<string, number>>
}

/** The ports of an erasure. */
export type ErasingPorts = {
  readonly executor: Pick<Executor, 'execute' | 'stateOf'>
  readonly readModels: Pick<ReadModels, 'find' | 'reach'>
  readonly blobs: Pick<Blobs, 'remove' | 'direct'>
  /** Stored text messages. */
  readonly sms?: Pick<Sms, 'forget'>
}

/**
 * Erases the data that a context holds of a person. It is called again with the same origin after a failure of any
 * context, and for later data, so that it has to be idempotent.
 */
export type Erase = (erasing: Erasing, ports: ErasingPorts) => Promise<Erased>

/** The erasure of a context. */
export type Eraser = { readonly context: string; readonly erase: Erase }

/**
 * Returns the erasers of all contexts in reverse order of declaration, as later contexts build on earlier ones.
 * @param modules all modules, in the order of their declaration
 */
export const erasersOf = (
  modules: readonly { readonly name: string; readonly erase?: Erase | undefined }[],
): readonly Eraser[] =>
  modules.flatMap(({ name, erase }) => (erase ? [{ context: name, erase }] : [])).toReversed()

/** Number of documents read in one query. */
const pageSize = 100

/**
 * Runs a function for all matching documents, after the read model has caught up with the log.
 * @returns the number of documents
 */
export const forEachDocument = async <D extends { readonly id: string }>(
  readModels: ErasingPorts['readModels'],
  projection: Projection<D>,
  query: Omit<Query, 'limit' | 'offset' | 'sort'>,
  each: (document: D) => Promise<void>,
): Promise<number> => {
  const minPosition = await readModels.reach(projection, 'head')
  let count = 0
  for (let after = ''; ;) {
    const where = { ...query.where, id: { gt: after } }
    const { documents } = await readModels.find(
      projection,
      { ...query, where, sort: ['id'], limit: pageSize },
      minPosition,
    )
    await Promise.all(documents.map(each))
    count += documents.length
    if (documents.length < pageSize) return count
    after = documents.at(-1)!.id
  }
}
