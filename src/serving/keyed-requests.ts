import { setTimeout as pause } from 'node:timers/promises'
import type { KeyedRequest, Receipt, Receipts } from '../platform/storage/idempotency/port.ts'

/** The claim on the key of a request, while the request is served. */
export type KeyClaim = {
  readonly request: KeyedRequest
  readonly holder: string
  /** Called when a command of the request has been appended. */
  readonly onRecorded: () => void
  readonly hasRecorded: () => boolean
}

/** State of a key: only a claimed request may be served. */
export type Keyed =
  | { readonly state: 'claimed'; readonly claim: KeyClaim }
  /** The stored answer of the same request. */
  | { readonly state: 'answered'; readonly receipt: Receipt }
  | { readonly state: 'running' }
  | { readonly state: 'mismatch' }

/** Pauses before further attempts to store the outcome of a request, in ms; after the last, its claim has expired. */
const retryPauses = [100, 200, 400, 800, 1_600, 3_200, 6_400]

/** Retries storing the outcome of a request; until then its key counts as in progress. */
const retryLater = async (store: () => Promise<void>): Promise<void> => {
  for (const wait of retryPauses) {
    await pause(wait, undefined, { ref: false })
    const isStored = await store().then(
      () => true,
      () => false,
    )
    if (isStored) return
  }
}

const claimOf = (request: KeyedRequest, holder: string): KeyClaim => {
  let recorded = false
  return {
    request,
    holder,
    onRecorded: () => {
      recorded = true
    },
    hasRecorded: () => recorded,
  }
}

/** Serves requests of any edge once for each key. */
export type KeyedRequests = {
  /** Claims the key of a request, or returns its state. @throws Unavailable */
  readonly claim: (request: KeyedRequest) => Promise<Keyed>
  /**
   * Stores the outcome of a claimed request before it is answered, and never throws: the effect stands even without a
   * receipt, as a repetition finds the command's id in the log.
   * @param receipt undefined: the outcome is not final, and the key is released
   */
  readonly settle: (claim: KeyClaim, receipt: Receipt | undefined) => Promise<void>
  /** As `settle`, in the background: for a request that nobody waits for, and a store that may hang. */
  readonly settleLater: (claim: KeyClaim, receipt: Receipt | undefined) => void
}

/**
 * Creates the mechanism that serves requests once for each key.
 * @param onRetry called when an outcome could not be stored, and is retried
 */
export const keyedRequests = (
  receipts: Receipts,
  onRetry: (error: unknown, request: KeyedRequest) => void,
): KeyedRequests => {
  const storing =
    ({ request, holder }: KeyClaim, receipt: Receipt | undefined) =>
    () =>
      receipt ? receipts.finish(request, holder, receipt) : receipts.release(request, holder)
  return {
    claim: async (request) => {
      const claim = await receipts.claim(request)
      if (claim.state === 'new') return { state: 'claimed', claim: claimOf(request, claim.holder) }
      return claim.state === 'done' ? { state: 'answered', receipt: claim } : claim
    },
    settle: async (claim, receipt) => {
      const store = storing(claim, receipt)
      try {
        await store()
      } catch (error) {
        onRetry(error, claim.request)
        void retryLater(store)
      }
    },
    settleLater: (claim, receipt) => {
      const store = storing(claim, receipt)
      store().catch(() => retryLater(store))
    },
  }
}
