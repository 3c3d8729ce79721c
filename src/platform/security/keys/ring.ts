import type { KeyPolicy, KeyTimes, SigningKey, SigningKeys } from './port.ts'

/** A key with its times. */
export type KeyOnRing = SigningKey & KeyTimes

/** Allowance for clocks that differ and for processes that learn of a new key late, in ms. */
const leeway = 5 * 60_000

/** A key policy, complete with defaults. */
export type Rules = Required<KeyPolicy>

/** Completes a policy with the defaults. */
export const rulesOf = (policy: KeyPolicy): Rules => ({
  tokenTtl: 15 * 60_000,
  longest: 90 * 24 * 60 * 60_000,
  pause: 2 * 60_000,
  every: 60 * 60_000,
  clock: Date.now,
  ...policy,
})

/** Time until which older keys verify, in ms since 1970. @param signsFrom of the new key */
export const outlived = (signsFrom: number, { tokenTtl }: Rules): number =>
  signsFrom + tokenTtl + leeway

/** Whether a new key is due. @param times of all keys */
export const isDue = (
  times: readonly Pick<KeyTimes, 'createdAt'>[],
  { longest, clock }: Rules,
): boolean => times.every(({ createdAt }) => clock() - createdAt >= longest)

/** The keys that a process holds. */
export type Ring = Pick<SigningKeys, 'signing' | 'verifying' | 'jwks' | 'times' | 'onRevoked'> & {
  /** Replaces all keys. */
  readonly set: (keys: readonly KeyOnRing[]) => void
}

/** Holds keys, and selects those that sign and verify at present. */
export const ring = ({ clock }: Pick<Rules, 'clock'>): Ring => {
  /** By id; the key that begins to sign last comes first. */
  let held: ReadonlyMap<string, KeyOnRing> = new Map()
  const listeners = new Set<() => void>()

  const isGood = ({ verifiesUntil }: KeyTimes) =>
    verifiesUntil === undefined || clock() < verifiesUntil

  const signing = (): KeyOnRing => {
    const now = clock()
    const keys = [...held.values()]
    // By a clock that is behind, no key may sign yet; then the oldest one signs.
    const key = keys.find(({ signsFrom }) => signsFrom <= now) ?? keys.at(-1)
    if (!key) throw new Error('There is no signing key')
    return key
  }

  const good = (): KeyOnRing[] => {
    const first = signing()
    return [first, ...held.values().filter((key) => key !== first && isGood(key))]
  }

  return {
    signing,
    verifying: (kid) => {
      const key = held.get(kid)
      return key && isGood(key) ? key : undefined
    },
    jwks: () => ({ keys: good().map(({ jwk }) => jwk) }),
    times: () =>
      good().map(({ kid, createdAt, signsFrom, verifiesUntil }) => ({
        kid,
        createdAt,
        signsFrom,
        ...(verifiesUntil !== undefined && { verifiesUntil }),
      })),
    onRevoked: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    set: (keys) => {
      const sorted = keys.toSorted((a, b) => b.signsFrom - a.signsFrom)
      const before = held
      held = new Map(sorted.map((key) => [key.kid, key]))
      // A key that is missing before its end was revoked; the others have expired.
      if (before.values().some((key) => isGood(key) && !held.has(key.kid)))
        for (const listener of listeners) listener()
    },
  }
}
