import { randomUUID } from 'node:crypto'
import { Type, type Static } from 'typebox'
import { decider, Fields, projection, type Store } from '#kernel'
import { someMetadata } from '#kernel/testing'
import { memoryControl } from '../../platform/messaging/control/memory.ts'
import { memoryLeases } from '../../platform/messaging/leases/memory.ts'
import { memoryDeadLetters } from '../../platform/storage/dead-letters/memory.ts'
import type { DocumentStore } from '../../platform/storage/documents/port.ts'
import { memoryEventLog } from '../../platform/storage/event-log/memory.ts'
import { openFeed } from '../feed.ts'
import { groupedWriters } from '../grouped-writer.ts'
import { progress as progressOf } from '../progress.ts'
import { project, type Projecting } from '../project.ts'

const parcels = decider({
  name: 'parcels',
  id: Type.String(),
  commands: {},
  events: {
    Scanned: Fields({ at: Type.Array(Type.String()), depot: Type.Optional(Type.String()) }),
    Seized: Fields({ at: Type.Array(Type.String()) }),
    Ignored: Fields({}),
  },
  refusals: {},
}).rules<null>({
  initialState: null,
  decide: {},
  evolve: { Scanned: () => null, Seized: () => null, Ignored: () => null },
})

const Depot = Fields({ id: Type.String(), scans: Type.Integer(), last: Type.String() })
/** Document of `depots`. */
export type Depot = Static<typeof Depot>

/** Rules that tests may break. */
export const broken = { isSeizing: false }

/** Parcels scanned at depots: an event changes the documents of several, and one that is folded twice shows. */
const depots = (store: Store, isKeyed: boolean) =>
  projection({
    name: 'depots',
    store,
    within: 60_000,
    document: Depot,
    from: [parcels],
    key: isKeyed
      ? { field: 'depot', except: [] }
      : ({ data }) => ('at' in data ? data.at : undefined),
  }).rules({
    Scanned: (depot, { id }, key) => ({ id: key, scans: (depot?.scans ?? 0) + 1, last: id }),
    Seized: (depot) => {
      if (broken.isSeizing) throw new Error('Seizing is broken')
      return depot && { ...depot, last: 'seized' }
    },
  })

/**
 * A log with what every process shares, and processes that fold it into `depots`.
 * @param isKeyed whether each event is of one depot, which it names, so that processes read only events of their own
 */
export const splitWorld = (
  documents: DocumentStore,
  store: Store = 'postgres',
  isKeyed = false,
) => {
  const log = memoryEventLog()
  const leases = memoryLeases()
  const control = memoryControl()
  const letters = memoryDeadLetters()
  const model = depots(store, isKeyed)
  const expected = new Map<string, Depot>()

  const append = async (type: string, data: object, id = randomUUID() as string) =>
    (
      await log.append(`parcels-${id}`, 'any', [
        { eventId: randomUUID(), type, data, metadata: someMetadata },
      ])
    ).position

  return {
    log,
    leases,
    control,
    letters,
    model,
    expected,

    /** Records that a parcel was scanned at depots. @returns its position */
    scan: async (...at: readonly string[]): Promise<bigint> => {
      const id = randomUUID()
      let position = 0n
      for (const data of isKeyed ? at.map((depot) => ({ at: [depot], depot })) : [{ at }])
        position = await append('Scanned', data, id)
      for (const key of new Set(at))
        expected.set(key, {
          id: key,
          scans: (expected.get(key)?.scans ?? 0) + at.filter((one) => one === key).length,
          last: id,
        })
      return position
    },
    seize: (at: string): Promise<bigint> => append('Seized', { at: [at] }),
    ignore: (): Promise<bigint> => append('Ignored', {}),

    /** Starts a process. @param as.version of its projection */
    start: async (
      runners: number,
      own: Partial<Projecting> = {},
      { version = model.version }: { readonly version?: number } = {},
    ) => {
      const feed = await openFeed(log)
      const stop = new AbortController()
      const errors: unknown[] = []
      const progress = progressOf(own.documents ?? documents, feed)
      const over = project({ ...model, version }, stop.signal, {
        feed,
        documents,
        writers: groupedWriters({ documents: own.documents ?? documents, feed }),
        letters,
        leases,
        control,
        catalogue: { unreadable: () => undefined, streamTold: (stream) => stream },
        progress,
        onError: (error) => errors.push(error),
        runners,
        lookForPartsMs: 10,
        ...own,
      })
      const end = async (): Promise<void> => {
        stop.abort()
        await over
        await feed.close()
      }
      return { errors, progress, end, [Symbol.asyncDispose]: end }
    },
  }
}
