import type { AnyProjection } from '#kernel'
import {
  GenerationMissing,
  type DocumentStore,
  type Gate,
  type Generation,
  type GenerationRecord,
} from '../platform/storage/documents/port.ts'
import { Unavailable } from '../platform/unavailable.ts'
import { isDiscarded, stepOf, type Building } from './building.ts'
import type { Presence } from './switching.ts'

/** How long a read model is left to a newer version before that one is assumed to be rolled back, in ms. */
const leftToNewer = 30_000

/** A newer version of a projection has built the read model: this version does not take it back. */
export class NewerProjection extends Error {
  override name = 'NewerProjection'
}

/**
 * The generations of a read model, as the process that runs it manages them.
 * @param deps.gateOf gate of a generation that is begun without an operator; default: none
 * @param deps.onError called with outages of stores that can wait
 */
export const generationRecords = ({
  projection,
  documents,
  gateOf,
  onError,
}: {
  readonly projection: AnyProjection
  readonly documents: Pick<
    DocumentStore,
    'begin' | 'drop' | 'has' | 'live' | 'publish' | 'storeFor'
  >
  readonly gateOf?: ((name: string) => Gate | undefined) | undefined
  readonly onError: (error: unknown) => void
}) => {
  const { name, version } = projection

  /** Drops a generation; where its store is away, the next look tries again: it may hold personal data. */
  const drop = (generation: Generation): Promise<void> =>
    documents.drop(generation).catch((error: unknown) => {
      if (!(error instanceof Unavailable)) throw error
      onError(error)
    })

  /** Whether the documents of a generation are there; `away` only where they are in a store that their read model leaves. */
  const presenceOf = async (generation: Generation): Promise<Presence> => {
    try {
      return (await documents.has(generation)) ? 'there' : 'lost'
    } catch (error) {
      if (!(error instanceof Unavailable) || generation.store === documents.storeFor(projection))
        throw error
      onError(error)
      return 'away'
    }
  }

  /**
   * Whether a store still has a generation. One in a store that its read model leaves counts as lost while that store is
   * away: the log is enough to build the next.
   */
  const isThere = async (generation: Generation): Promise<boolean> =>
    (await presenceOf(generation)) === 'there'

  const dropAll = async (records: readonly GenerationRecord[]): Promise<void> => {
    for (const { generation, store } of records) await drop({ projection, generation, store })
  }

  /** Since when it is left to a newer version, ms of the monotonic clock. */
  let leftSince: number | undefined

  return {
    isThere,
    presenceOf,

    dropRetired: (records: readonly GenerationRecord[]): Promise<void> =>
      dropAll(records.filter(({ status }) => status === 'retired')),

    /** Drops those that operators have discarded. */
    dropDiscarded: (records: readonly GenerationRecord[]): Promise<void> =>
      dropAll(records.filter(isDiscarded)),

    /** The published generation; the first one, where none was. */
    published: async (): Promise<Generation> => {
      const live = await documents.live(projection)
      if (live) return live
      const first = await documents.begin(projection)
      await documents.publish(first)
      return first
    },

    /** Whether today's rules can fold the live generation: they built it, and its store still has it. */
    isFoldable: async (
      live: Generation,
      records: readonly GenerationRecord[],
    ): Promise<boolean> => {
      const hasLive = await isThere(live)
      if (!hasLive)
        onError(new GenerationMissing(`${name} is no longer in ${live.store}: it is built anew`))
      return (
        hasLive &&
        records.some(
          (record) => record.generation === live.generation && record.version === version,
        )
      )
    },

    /**
     * The generation to build beside the live one: one that an operator asked for, that a new version or another store
     * needs, or that replaces one whose documents are lost.
     * @param isLiveCurrent whether the live one is of this version, in its store
     */
    toBuild: async (
      records: readonly GenerationRecord[],
      isLiveCurrent: boolean,
    ): Promise<Building | undefined> => {
      const store = documents.storeFor(projection)
      let next: Building | undefined
      let lost: GenerationRecord | undefined
      for (const record of records) {
        if (record.status !== 'building' || isDiscarded(record)) continue
        const generation = { projection, generation: record.generation, store: record.store }
        const isOurs = record.version === version && record.store === store
        if (isOurs && (await documents.has(generation)))
          next ??= { generation, step: stepOf(record) }
        else {
          await drop(generation)
          // Its engine has lost it, or has not created it yet: it was requested all the same.
          if (isOurs) lost ??= record
        }
      }
      if (next || (isLiveCurrent && !lost)) return next
      const gate = lost ? lost.gate : gateOf?.(name)
      const generation = await documents.begin(projection, undefined, gate)
      return { generation, step: stepOf(gate ? { gate } : {}) }
    },

    /**
     * Leaves a read model to the newer version that has built it, which may wait for the lease; when nobody has taken it
     * for a while, it was rolled back on purpose.
     * @throws NewerProjection
     */
    leaveToNewer: (records: readonly GenerationRecord[]): void => {
      const newer = records.find(
        ({ status, version: theirs }) => status !== 'retired' && theirs > version,
      )
      if (!newer) return
      leftSince ??= performance.now()
      if (performance.now() - leftSince < leftToNewer)
        throw new NewerProjection(
          `${name} was built by its version ${newer.version}; this process has version ${version} and leaves it to a newer one`,
        )
    },

    /** Called when another process may have run the read model meanwhile. */
    takenBetween: (): void => {
      leftSince = undefined
    },
  }
}
