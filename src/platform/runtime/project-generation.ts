import { LRUCache } from 'lru-cache'
import { setTimeout as pause } from 'node:timers/promises'
import type { Catalogue, RecordedEvent } from '#kernel'
import type { DeadLetter, DeadLetters, Follower } from '../dead-letters/port.ts'
import type { DocumentStore, Generation } from '../documents/port.ts'
import { NewerVersion } from '../newer-version.ts'
import { Unavailable } from '../unavailable.ts'
import type { Control } from './control.ts'
import type { Feed } from './feed.ts'
import { fold, keyOfStream, keysOf } from './fold.ts'

/** At most so many events are folded before they are written. */
const batchSize = 1_000

/** So many documents are kept, so that the next batch need not load them. */
const cachedDocuments = 5_000

/**
 * A position with nothing to write is saved at the next full multiple of so many ms: those of all projections in a process
 * fall together, so that one statement saves them.
 */
const saveEvery = 200

const nextSave = (): number => (Math.floor(performance.now() / saveEvery) + 1) * saveEvery

/**
 * At the head, batches keep a distance, in ms: the first event after a pause is folded at once, those that come on its
 * heels share a batch, which costs the same whether it has one event or twenty. The more a batch takes, the longer the
 * rest after it, so that commands get their share of a busy machine.
 */
const pace = { least: 4, most: 20 }

const messageOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message).slice(0, 4_000) : String(error)

export type GenerationRun = {
  readonly feed: Feed
  readonly documents: DocumentStore
  readonly letters: DeadLetters
  readonly control: Control
  /** Whether the caller holds the lease at this moment; when it does not, `signal` is aborted. */
  readonly isHeld: () => boolean
  readonly catalogue: Pick<Catalogue, 'unreadable' | 'streamTold'>
  /** Ends the run. */
  readonly signal: AbortSignal
  /** Told of every position that is durable, and whether it is the end of the log as far as it is known. */
  readonly moved: (position: bigint, caughtUp: boolean) => void
  readonly onError: (error: unknown) => void
  /** Ends the run at this position. */
  readonly until?: bigint
}

/**
 * Folds the log into one generation of a read model, batch by batch, until it is told to stop. The caller holds the
 * lease: nobody else writes this generation.
 * @returns where it stands
 * @throws NewerVersion before an event that the projection reads, but only a newer version of Agora can fold
 */
export const projectGeneration = async (
  generation: Generation,
  {
    feed,
    documents,
    letters,
    control,
    isHeld,
    catalogue,
    signal,
    moved,
    onError,
    until,
  }: GenerationRun,
): Promise<bigint> => {
  const { projection } = generation
  const reads = new Set(projection.reads)
  const follower: Follower = {
    kind: 'projection',
    name: projection.name,
    generation: generation.generation,
  }
  const cache = new LRUCache<string, { document: unknown }>({ max: cachedDocuments })
  const parked = new Set((await letters.list(follower)).map(({ key }) => key))

  let saved = await documents.position(generation)
  let position = saved
  /** When a position that is not saved will be, ms of the monotonic clock. */
  let saveAt = 0
  /** Whether the last batch changed anything. */
  let wrote = false
  const tell = () => moved(position, position >= feed.head())
  tell()

  /** The documents with these keys; those in the cache are not asked for. */
  const load = async (keys: ReadonlySet<string>): Promise<Map<string, unknown>> => {
    const found = new Map<string, unknown>()
    const missing: string[] = []
    for (const key of keys) {
      const known = cache.get(key)
      if (known) found.set(key, known.document)
      else missing.push(key)
    }
    if (missing.length === 0) return found
    const loaded = await documents.load(generation, missing)
    for (const key of missing) found.set(key, loaded.get(key))
    return found
  }

  const write = async (changed: ReadonlyMap<string, unknown>, to: bigint): Promise<void> => {
    const upserts = new Map([...changed].filter(([, document]) => document !== undefined))
    const deletes = [...changed.keys()].filter((key) => changed.get(key) === undefined)
    if (!(await documents.write(generation, { from: saved, to, upserts, deletes })))
      throw new Unavailable(`${projection.name} is written by someone else`)
    saved = to
    for (const [key, document] of changed) cache.set(key, { document })
  }

  const take = async (all: readonly RecordedEvent[], end: bigint): Promise<void> => {
    const newer = all.find(
      (event) => reads.has(event.type) && catalogue.unreadable(event) !== undefined,
    )
    if (!newer) return takeAll(all, end)
    const before = all.filter((event) => event.position < newer.position)
    await takeAll(before, before.at(-1)?.position ?? position)
    const { type, stream } = newer
    const why = catalogue.unreadable(newer) ?? type
    throw new NewerVersion({ type, stream: catalogue.streamTold(stream) }, why)
  }

  const takeAll = async (events: readonly RecordedEvent[], to: bigint): Promise<void> => {
    const relevant = events.filter(({ type }) => reads.has(type))
    if (relevant.length > 0) {
      const keys = new Set(relevant.flatMap((event) => keysOf(projection, event)))
      const { changed, failures } = fold(projection, relevant, await load(keys), parked)
      for (const { key, event, error } of failures) {
        // Before the position moves on: a letter without its batch does no harm, the other way round would.
        await letters.park(follower, {
          key,
          position: event.position,
          type: event.type,
          error: messageOf(error),
        })
        onError(error)
        parked.add(key)
      }
      wrote = changed.size > 0
      if (wrote) await write(changed, to)
    } else wrote = false
    if (saved === position) saveAt = nextSave()
    position = to
  }

  const savePosition = async (): Promise<void> => {
    if (saved === position || !isHeld()) return
    const [done] = await documents.advance([{ generation, from: saved, to: position }])
    if (!done) throw new Unavailable(`${projection.name} is written by someone else`)
    saved = position
  }

  /** Everything about one document so far, from the start: folding that again never counts anything twice. */
  const rebuildDocument = async (key: string): Promise<void> => {
    let document: unknown
    for (let at = 0n; at < position;) {
      const slice = await feed.next(at, { signal, limit: batchSize, types: projection.reads })
      for (const event of slice.events)
        if (event.position <= position && reads.has(event.type))
          if (keysOf(projection, event).includes(key))
            document = projection.evolve(document as never, event, key)
      at = slice.position
    }
    await write(new Map([[key, document]]), position)
  }

  /** Which documents a letter is about: one; or those that its stream's events concern, now that they can say so. */
  const keysOfLetter = async ({
    key,
    position: from,
  }: DeadLetter): Promise<ReadonlySet<string>> => {
    const keys = new Set<string>()
    if (!key.startsWith(keyOfStream(''))) return keys.add(key)
    for (let at = from - 1n; at < position;) {
      const slice = await feed.next(at, { signal, limit: batchSize, types: projection.reads })
      for (const event of slice.events)
        if (
          event.position <= position &&
          reads.has(event.type) &&
          keyOfStream(event.stream) === key
        )
          for (const concerned of projection.keysOf(event)) keys.add(concerned)
      at = slice.position
    }
    return keys
  }

  const retryRequested = async (): Promise<void> => {
    for (const letter of await letters.requested(follower)) {
      try {
        for (const key of await keysOfLetter(letter)) {
          cache.delete(key)
          await rebuildDocument(key)
        }
        await letters.resolve(letter.id)
        parked.delete(letter.key)
      } catch (error) {
        if (error instanceof Unavailable || signal.aborted) throw error
        await letters.park(follower, { ...letter, error: messageOf(error) })
      }
    }
  }

  const ended = new AbortController()
  let asked = parked.size > 0
  /** Cuts a wait for events short, so that an operator is heard at once. */
  let interrupt = new AbortController()
  let patient = AbortSignal.any([signal, interrupt.signal])
  const listening = (async () => {
    while (!ended.signal.aborted) {
      await control.news.listen()(60_000, ended.signal)
      asked = parked.size > 0
      if (asked) interrupt.abort()
    }
  })()

  const answerOperator = async (): Promise<void> => {
    asked = false
    interrupt = new AbortController()
    patient = AbortSignal.any([signal, interrupt.signal])
    await savePosition()
    await retryRequested()
  }

  const step = async (): Promise<void> => {
    if (asked) await answerOperator()
    const patience = saved < position ? saveAt - performance.now() : undefined
    if (patience !== undefined && patience <= 0) return savePosition()
    const slice = await feed
      .next(position, {
        signal: patient,
        limit: batchSize,
        types: projection.reads,
        ...(patience !== undefined && { patience }),
      })
      .catch((error: unknown) => {
        if (interrupt.signal.aborted && !signal.aborted) return undefined
        throw error
      })
    if (!slice || slice.position === position || !isHeld()) return
    const started = performance.now()
    const cut = until !== undefined && slice.position > until
    const events = cut ? slice.events.filter((event) => event.position <= until) : slice.events
    await take(events, cut ? until : slice.position)
    tell()
    if (!wrote || !slice.caughtUp) return
    const took = performance.now() - started
    const rest = Math.min(Math.max(pace.least - took, took), pace.most)
    await pause(rest, undefined, { signal }).catch(() => undefined)
  }

  try {
    let wait = 50
    let lost = false
    while (!signal.aborted && (until === undefined || position < until))
      try {
        if (lost) {
          // Not before it is known: what was written all the same must not be folded again.
          saved = position = await documents.position(generation)
          lost = false
          tell()
          continue
        }
        await step()
        wait = 50
      } catch (error) {
        if (signal.aborted) break
        if (error instanceof NewerVersion) {
          await savePosition()
          throw error
        }
        onError(error)
        // It may have been written all the same: what is saved tells.
        lost = true
        cache.clear()
        await pause(wait, undefined, { signal }).catch(() => undefined)
        wait = Math.min(wait * 2, 2_000)
      }
    await savePosition().catch(onError)
    return position
  } finally {
    ended.abort()
    await listening
  }
}
