import type { Projection } from '#kernel'
import type { UserId } from '../domains/shared/index.ts'
import type { Query } from '../platform/storage/documents/port.ts'
import type { Executor, Origin } from '../runtime/execution.ts'
import type { ReadModels } from '../runtime/reading.ts'

/** A person who has left, and is to be erased. */
export type Erasing = {
  readonly userId: UserId
  /** Whether nothing is to be awaited any more, be it lost by that. */
  readonly hastened: boolean
  /** The same for every attempt; commands derive theirs from it by `derivedOrigin`. */
  readonly origin: Origin
}

/** What a context held of a person. */
export type Erased = {
  /** How many things cannot be erased yet: the person is not reported forgotten before there are none. */
  readonly awaited: number
  /** How many things there were, by what they are: `{ follows: 2 }`. */
  readonly counts: Readonly<Record<string, number>>
}

/** What erasing is done with. */
export type ErasingPorts = {
  readonly executor: Pick<Executor, 'execute' | 'stateOf'>
  readonly readModels: Pick<ReadModels, 'catchUp' | 'find'>
}

/**
 * Erases what a context holds of a person. It is called again, with the same origin, when it or another context's has
 * failed, and for what has come since: all it does may be done twice.
 */
export type Erase = (erasing: Erasing, ports: ErasingPorts) => Promise<Erased>

/** The erasure of a context. */
export type Eraser = { readonly context: string; readonly erase: Erase }

/**
 * How contexts erase persons: those of the last first, as contexts that build on others are declared after them.
 * @param modules all there are, in the order of their declaration
 */
export const erasersOf = (
  modules: readonly { readonly name: string; readonly erase?: Erase | undefined }[],
): readonly Eraser[] =>
  modules.flatMap(({ name, erase }) => (erase ? [{ context: name, erase }] : [])).toReversed()

/** So many documents are read at once. */
const atOnce = 100

/**
 * Does something for all documents that match, as of everything recorded so far.
 * @returns how many there were
 */
export const forEachDocument = async <D extends { readonly id: string }>(
  readModels: ErasingPorts['readModels'],
  projection: Projection<D>,
  query: Omit<Query, 'limit' | 'offset' | 'sort'>,
  each: (document: D) => Promise<void>,
): Promise<number> => {
  const minPosition = await readModels.catchUp(projection)
  let count = 0
  for (let after = ''; ;) {
    const where = { ...query.where, id: { gt: after } }
    const { documents } = await readModels.find(
      projection,
      { ...query, where, sort: ['id'], limit: atOnce },
      minPosition,
    )
    await Promise.all(documents.map(each))
    count += documents.length
    if (documents.length < atOnce) return count
    after = documents.at(-1)!.id
  }
}
