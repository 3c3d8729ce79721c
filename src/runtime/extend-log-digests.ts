import { setTimeout as pause } from 'node:timers/promises'
import type { Leases } from '../platform/messaging/leases/port.ts'
import {
  digestsOf,
  fingerprintsOf,
  noDigest,
} from '../platform/storage/log-digests/event-digest.ts'
import type {
  ChainEntry,
  DigestSigner,
  EventTexts,
  LogDigests,
} from '../platform/storage/log-digests/port.ts'
import type { SliceSource } from './follow-feed.ts'
import { runUnderLease } from './run-under-lease.ts'

/** Most events of a slice: 4 kB of fingerprints. */
const mostEvents = 1_000

/** Where the chain stands: its last entry; undefined for an empty chain. */
type Place = ChainEntry | undefined

/** Dependencies of the chain. */
export type Chaining = {
  readonly texts: EventTexts
  readonly digests: LogDigests
  readonly signer: Pick<DigestSigner, 'sign'>
}

/** The chain was extended by another process meanwhile. */
class ChainMoved extends Error {
  override name = 'ChainMoved'
}

/**
 * Adds the next slice to the chain.
 * @param place the last entry
 * @param last position up to which events are committed
 * @returns the new entry; undefined without further events
 * @throws ChainMoved
 */
const extendOnce = async (
  { texts, digests, signer }: Chaining,
  place: Place,
  last: bigint,
): Promise<ChainEntry | undefined> => {
  const page = await texts.page({ after: place?.position ?? 0n, last, most: mostEvents })
  if (!page) return undefined
  const after = digestsOf(place?.digest ?? noDigest, page)
  const digest = {
    position: page.heads.at(-1)!.position,
    events: (place?.events ?? 0n) + BigInt(after.length),
    digest: after.at(-1)!,
  }
  const entry = {
    ...digest,
    fingerprints: fingerprintsOf(after),
    signature: signer.sign({ log: texts.log, ...digest }),
  }
  if (!(await digests.add(place?.position, entry))) throw new ChainMoved('The chain was extended')
  return entry
}

/**
 * Extends the chain to the present head of the log.
 * @param options.rest is awaited after each slice. @param took the time that the slice took, in ms
 * @returns the last entry
 */
export const extendToHead = async (
  chaining: Chaining,
  {
    signal,
    rest = async () => undefined,
  }: { readonly signal?: AbortSignal; readonly rest?: (took: number) => Promise<void> } = {},
): Promise<ChainEntry | undefined> => {
  const head = await chaining.texts.head()
  let place: Place = await chaining.digests.last()
  while ((place?.position ?? 0n) < head) {
    signal?.throwIfAborted()
    const begun = performance.now()
    const next = await extendOnce(chaining, place, head)
    if (!next) break
    place = next
    await rest(performance.now() - begun)
  }
  return place
}

/**
 * Extends the chain of digests as the log grows, in one process at a time. Neither appends nor reads wait for it: it rests nine
 * times as long as it works, and an idle log costs nothing.
 * @param deps.every pause from an event until it is in the chain, in ms, so that slices are not small
 * @param deps.publishEvery pause between digests that are published, in ms
 * @param deps.publish called with the last entry at the start, and after each pause in which the chain has grown
 */
export const extendLogDigests = (
  deps: Chaining & {
    readonly feed: SliceSource
    readonly leases: Pick<Leases, 'acquire'>
    readonly every: number
    readonly publishEvery: number
    readonly publish: (entry: ChainEntry) => void
    readonly onError: (error: unknown) => void
  },
  signal: AbortSignal,
): Promise<void> =>
  runUnderLease(
    'log-digests',
    signal,
    async (held) => {
      const { feed, every, publishEvery, publish } = deps
      let published: { readonly position: bigint; readonly at: number } | undefined
      const rest = async (took: number) => {
        await pause(Math.min(5_000, 9 * took), undefined, { signal: held.signal })
      }
      try {
        while (!held.signal.aborted && held.isHeld()) {
          const last = await extendToHead(deps, { signal: held.signal, rest })
          const now = performance.now()
          if (
            last &&
            last.position !== published?.position &&
            (!published || now - published.at >= publishEvery)
          ) {
            publish(last)
            published = { position: last.position, at: now }
          }
          await feed.next(last?.position ?? 0n, { signal: held.signal })
          await pause(every, undefined, { signal: held.signal })
        }
      } catch (error) {
        if (!held.signal.aborted) throw error
      }
    },
    { leases: deps.leases, onError: deps.onError },
  )
