import { setTimeout as pause } from 'node:timers/promises'
import type { AnyProjection, AnySum, Catalogue, RecordedEvent } from '#kernel'
import type { EventLog } from '../platform/storage/event-log/port.ts'
import { NewerVersion } from '../platform/newer-version.ts'
import { Unavailable } from '../platform/unavailable.ts'
import { halvesOf, isInSlice, type AuditSlice } from './audit-slice.ts'
import { keysOf } from './fold.ts'

/** What an audit folds with, and how fast. */
export type AuditFolding = {
  readonly log: Pick<EventLog, 'readAll'>
  readonly catalogue: Pick<Catalogue, 'unreadable'>
  /** Sums over the documents of the projection. */
  readonly sums: readonly AnySum[]
  /** Most documents that are in memory at once: a slice that yields more is halved. */
  readonly most: number
  /** Events of a page. */
  readonly page: number
  /** Hash of a key that slices are narrowed to. */
  readonly chosen: number
  /** Rests after a page. @param took ms */
  readonly rest: (took: number) => Promise<void>
  /** Called after each page. */
  readonly moved: (position: bigint) => void
  readonly signal: AbortSignal
}

/** A document in memory, and the key whose events yield it. */
type Folded = { readonly document: unknown; readonly source: string }

/** What the log yields for a key at some position: the document, if any, and what each ledger has counted. */
export type AuditedState = { readonly document: unknown; readonly counted: readonly unknown[] }

/** Documents of a slice of the keys, folded from the start of the log. */
export type AuditFold = {
  readonly slice: () => AuditSlice
  /** The halves that were left out. */
  readonly left: () => readonly AuditSlice[]
  readonly position: () => bigint
  /** Ends narrowing: from now on the slice stays, however many documents are created in it. */
  readonly settle: () => void
  readonly keys: () => readonly string[]
  /** What the log yields at the position, for a key of the slice. */
  readonly stateOf: (key: string) => AuditedState
  /** Keys of documents that today's rules cannot fold. */
  readonly failed: ReadonlySet<string>
  /** Folds on to a position; does nothing where it is there already. */
  readonly foldTo: (to: bigint) => Promise<void>
  /**
   * Follows keys from now on, one list of them at a time.
   * @returns a function that ends it, and returns the states of those that events have concerned since, one for each event
   */
  readonly watch: (keys: readonly string[]) => () => ReadonlyMap<string, readonly AuditedState[]>
}

/** Attempts to read up to a position that the log does not show yet, and the pause between two, in ms. */
const patience = { attempts: 50, ms: 100 }

/** Begins to fold a slice; nothing is read before `foldTo`. */
export const beginAuditFold = (
  projection: AnyProjection,
  begin: AuditSlice,
  { log, catalogue, sums, most, page, chosen, rest, moved, signal }: AuditFolding,
): AuditFold => {
  const reads = new Set(projection.reads)
  const ledgers = sums.map(({ ledger }) => ({
    ledger,
    reads: new Set(ledger.reads),
    counted: new Map<string, unknown>(),
  }))
  const types = [...new Set([...reads, ...ledgers.flatMap(({ ledger }) => ledger.reads)])]
  const documents = new Map<string, Folded>()
  const failed = new Set<string>()
  const left: AuditSlice[] = []
  let watched: ReadonlyMap<string, AuditedState[]> = new Map()
  let slice = begin
  let position = 0n
  let isSettled = false

  const isHere = (key: string): boolean => isInSlice(slice, key)

  const stateOf = (key: string): AuditedState => ({
    document: documents.get(key)?.document,
    counted: ledgers.map(({ counted }) => counted.get(key)),
  })

  const take = (event: RecordedEvent): void => {
    const concerned = new Set<string>()
    const put = (key: string, source: string, document: unknown): void => {
      if (document === undefined) documents.delete(key)
      else documents.set(key, { document, source })
      concerned.add(key)
    }
    if (reads.has(event.type)) {
      const reason = catalogue.unreadable(event)
      if (reason !== undefined) throw new NewerVersion(event, reason)
      for (const key of keysOf(projection, event)) {
        if (!isHere(key) || failed.has(key)) continue
        const document = documents.get(key)?.document
        try {
          const further = projection.fanOut?.(document as never, event, key) ?? []
          put(key, key, projection.evolve(document as never, event, key))
          for (const [one, replaced] of further) put(one, key, replaced)
        } catch {
          failed.add(key)
        }
      }
    }
    for (const { ledger, reads: counts, counted } of ledgers)
      if (counts.has(event.type))
        for (const key of keysOf(ledger, event))
          if (isHere(key)) {
            counted.set(key, ledger.evolve(counted.get(key) as never, event, key))
            concerned.add(key)
          }
    if (watched.size > 0) for (const key of concerned) watched.get(key)?.push(stateOf(key))
  }

  /** Leaves out half of the keys, until what is in memory is bounded again. */
  const narrow = (): void => {
    while (!isSettled && documents.size > most && slice.bits < 31) {
      const [kept, other] = halvesOf(slice, chosen)
      left.push(other)
      slice = kept
      for (const [key, { source }] of documents) if (!isHere(source)) documents.delete(key)
      for (const { counted } of ledgers)
        for (const key of counted.keys()) if (!isHere(key)) counted.delete(key)
      for (const key of failed) if (!isHere(key)) failed.delete(key)
    }
  }

  return {
    slice: () => slice,
    left: () => left,
    position: () => position,
    settle: () => {
      isSettled = true
    },
    keys: () => [...documents.keys()],
    stateOf,
    failed,
    foldTo: async (to) => {
      for (let waited = 0; position < to;) {
        signal.throwIfAborted()
        const begun = performance.now()
        const { events, position: end } = await log.readAll({
          after: position,
          types,
          limit: page,
          ...(projection.archived === 'skip' && { archived: false }),
        })
        for (const event of events) if (event.position <= to) take(event)
        narrow()
        // Another process may have saved a position that the log shows this one a moment later.
        if (end <= position && (waited += 1) > patience.attempts)
          throw new Unavailable(`The log ends at ${position}, before position ${to}`)
        if (end <= position) await pause(patience.ms, undefined, { signal })
        position = end < to ? end : to
        moved(position)
        if (position < to) await rest(performance.now() - begun)
      }
    },
    watch: (keys) => {
      watched = new Map(keys.map((key) => [key, []]))
      return () => {
        const touched = new Map([...watched].filter(([, states]) => states.length > 0))
        watched = new Map()
        return touched
      }
    },
  }
}
