import {
  digestsOf,
  fingerprintBytes,
  fingerprintsOf,
  noDigest,
} from '../platform/storage/log-digests/event-digest.ts'
import type {
  ChainEntry,
  EventTexts,
  LogDigests,
  SignatureState,
  SignedDigest,
} from '../platform/storage/log-digests/port.ts'
import type { Head } from '../platform/storage/event-log/text-page.ts'
import type { FaultyEvent, KnownDigest, LogFault, Span, Verification } from './verification.ts'

/** Most events that are read at once. */
const pageSize = 1_000

/** Entries of the chain that are read at once. */
const entriesAtOnce = 100

/** Most faults that are reported. */
const mostFaults = 100

/** Before every position, also of events that somebody has put before the first one. */
const beforeAll = -(2n ** 63n)

const factsOf = ({ position, stream, revision, type, eventId }: Head): FaultyEvent => ({
  position,
  stream,
  revision,
  type,
  eventId,
})

/** What was found in a slice. */
type Found = {
  /** Gaps in dense positions, and the first difference from the fingerprints unless a gap came before. */
  readonly differing: readonly LogFault[]
  /** Whether each event was compared with its fingerprint. */
  readonly isCompared: boolean
}

/**
 * Verifies a log: computes the digest after each event, and compares it with the chain and with digests that the operator has.
 * Only a page of events is in memory. After a difference it goes on with the digest of the chain, so that later ones are found.
 * @param options.signatureOf checks the signature of an entry; undefined without keys
 * @param options.from digest that is trusted: events up to its position are not read
 * @param options.known digests that the log must have
 * @param options.show called as events are read
 * @throws Unavailable; the signal's reason
 */
export const verifyLog = async (
  { texts, digests }: { readonly texts: EventTexts; readonly digests: Pick<LogDigests, 'after'> },
  {
    signatureOf,
    from,
    known = [],
    show = () => undefined,
    signal,
  }: {
    readonly signatureOf?: ((jws: string, digest: SignedDigest) => SignatureState) | undefined
    readonly from?: KnownDigest | undefined
    readonly known?: readonly KnownDigest[]
    readonly show?: (advance: {
      readonly position: bigint
      readonly head: bigint
      readonly read: number
    }) => void
    readonly signal?: AbortSignal
  } = {},
): Promise<Verification> => {
  const head = await texts.head()
  const { log, dense } = texts
  const faults: LogFault[] = []
  const ofKnown: LogFault[] = []
  const signatures = { valid: 0, unchecked: 0 }
  const wanted = new Map(known.map(({ position, digest }) => [position, digest]))
  let digest = from?.digest ?? noDigest
  /** Position of the last event that was read. */
  let position = from?.position ?? beforeAll
  /** Position up to which events have been read, or reported as missing. */
  let passed = from?.position ?? 0n
  let read = 0

  const compareKnown = (at: bigint, found: string): void => {
    const expected = wanted.get(at)
    wanted.delete(at)
    if (expected !== undefined && expected !== found)
      ofKnown.push({ kind: 'known', position: at, digest: expected, found })
  }
  if (from) compareKnown(from.position, from.digest)

  /** Fingerprints of the events that are to be read; undefined where it is not known which these are. */
  const printsFor = ({ position: last, fingerprints }: ChainEntry): Buffer | undefined => {
    if (!from || read > 0) return fingerprints
    const before = fingerprints.length / fingerprintBytes - Number(last - from.position)
    return dense ? fingerprints.subarray(Math.max(0, before) * fingerprintBytes) : undefined
  }

  /** Reads the events up to a position. @param prints their fingerprints */
  const readTo = async (last: bigint, prints: Buffer | undefined): Promise<Found> => {
    const slice: Span = { first: passed + 1n, last }
    const differing: LogFault[] = []
    let at = 0
    for (;;) {
      signal?.throwIfAborted()
      const page = await texts.page({ after: position, last, most: pageSize })
      if (!page) break
      const after = digestsOf(digest, page)
      const found = fingerprintsOf(after)
      for (const [index, one] of page.heads.entries()) {
        const due = passed + 1n
        const print = prints?.subarray(at, at + fingerprintBytes)
        const start = index * fingerprintBytes
        if (dense && one.position > due)
          differing.push({
            kind: 'missing',
            slice,
            positions: { first: due, last: one.position - 1n },
          })
        else if (dense ? one.position < due : print?.length === 0)
          differing.push({ kind: 'unexpected', slice, event: factsOf(one) })
        else if (
          differing.length === 0 &&
          print &&
          !print.equals(found.subarray(start, start + fingerprintBytes))
        )
          differing.push({ kind: 'changed', slice, event: factsOf(one) })
        at += fingerprintBytes
        if (one.position > passed) passed = one.position
        compareKnown(one.position, after[index]!)
      }
      digest = after.at(-1)!
      ;({ position } = page.heads.at(-1)!)
      read += page.heads.length
      show({ position, head, read })
    }
    if (dense && passed < last)
      differing.push({ kind: 'missing', slice, positions: { first: passed + 1n, last } })
    else if (!dense && prints && at < prints.length)
      differing.push({ kind: 'missing', slice, positions: undefined })
    if (passed < last) passed = last
    return { differing, isCompared: prints !== undefined }
  }

  /** Checks the signature of an entry. @returns why it is not good */
  const checkSignature = ({ signature, position: at, events, digest: of }: ChainEntry) => {
    const state = signatureOf?.(signature, { log, position: at, events, digest: of })
    if (state === undefined) signatures.unchecked += 1
    if (state === 'valid') signatures.valid += 1
    if (state === 'invalid') return 'its signature is of another digest'
    return state === 'unknown'
      ? 'it is signed neither by the key of this Agora nor by one that was given'
      : undefined
  }

  /** Compares the events of a slice with its entry. @returns the differences */
  const compare = async (
    entry: ChainEntry,
    before: bigint | undefined,
  ): Promise<readonly LogFault[]> => {
    const isUnsigned = checkSignature(entry)
    const ofEntry = (reason: string): readonly LogFault[] => [
      { kind: 'entry', position: entry.position, reason },
    ]
    const number = BigInt(entry.fingerprints.length / fingerprintBytes)
    const isWhole = before === undefined || entry.events - before === number
    const { differing, isCompared } = await readTo(
      entry.position,
      isWhole ? printsFor(entry) : undefined,
    )
    if (digest === entry.digest) {
      if (!isWhole)
        return ofEntry('the entry before it is missing, or a number of events was changed')
      if (differing.length > 0)
        return ofEntry('its fingerprints were changed; its events agree with its digest')
      return isUnsigned === undefined ? [] : ofEntry(isUnsigned)
    }
    if (differing.length === 0 && isCompared)
      return ofEntry('its digest was changed; its events agree with its fingerprints')
    // What follows is chained to the digest of the entry.
    ;({ digest } = entry)
    return differing.length > 0
      ? differing
      : [{ kind: 'changed', slice: { first: 0n, last: entry.position }, event: undefined }]
  }

  let chained: bigint | undefined
  let before = from ? undefined : 0n
  let entries = await digests.after(from?.position, entriesAtOnce)
  while (entries.length > 0 && faults.length < mostFaults) {
    for (const entry of entries) {
      faults.push(...(await compare(entry, before)))
      before = entry.events
      chained = entry.position
    }
    entries = await digests.after(chained, entriesAtOnce)
  }
  const readInChain = read
  if (faults.length < mostFaults) {
    faults.push(...(await readTo(head, undefined)).differing)
    for (const [at, one] of wanted)
      ofKnown.push({ kind: 'known', position: at, digest: one, found: undefined })
  }

  const end = position < 0n ? 0n : position
  const expected = chained !== undefined && chained > head ? chained : head
  const beyondEnd = (fault: LogFault): boolean =>
    fault.kind === 'missing' && (fault.positions?.first ?? fault.slice.last) > end
  const isCut = end < expected && faults.length < mostFaults
  return {
    log,
    end: { position: end, digest },
    read,
    chained,
    unchained: read - readInChain,
    signatures,
    faults: [
      ...(isCut ? faults.filter((one) => !beyondEnd(one)) : faults),
      ...(isCut ? [{ kind: 'truncated', end, expected } as const] : []),
      ...ofKnown,
    ],
  }
}
