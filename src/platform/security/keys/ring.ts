import type { Keeping, KeyTimes, SigningKey, SigningKeys } from './port.ts'

/** A key and its life. */
export type KeyOnRing = SigningKey & KeyTimes

/** How far clocks may be apart, and how long a process may not have heard of a new key, in ms. */
const leeway = 5 * 60_000

/** What is said of the life of keys, completed. */
export type Rules = Required<Keeping>

/** The usual life of keys. */
export const rulesOf = (keeping: Keeping): Rules => ({
  tokenTtl: 15 * 60_000,
  longest: 90 * 24 * 60 * 60_000,
  pause: 2 * 60_000,
  every: 60 * 60_000,
  clock: Date.now,
  ...keeping,
})

/** Until when the keys before a new one verify. @param signsFrom of the new one */
export const outlived = (signsFrom: number, { tokenTtl }: Rules): number =>
  signsFrom + tokenTtl + leeway

/** Whether it is time for a new key. @param times of all keys there are */
export const isDue = (
  times: readonly Pick<KeyTimes, 'createdAt'>[],
  { longest, clock }: Rules,
): boolean => times.every(({ createdAt }) => clock() - createdAt >= longest)

/** What a process knows of the keys. */
export type Ring = Pick<SigningKeys, 'signing' | 'verifying' | 'jwks' | 'times' | 'onRevoked'> & {
  /** From now on there are these. */
  readonly set: (keys: readonly KeyOnRing[]) => void
}

/** Holds keys, and tells which of them does what just now. */
export const ring = ({ clock }: Pick<Rules, 'clock'>): Ring => {
  /** By name; the one that signs last comes first. */
  let held: ReadonlyMap<string, KeyOnRing> = new Map()
  const listeners = new Set<() => void>()

  const isGood = ({ verifiesUntil }: KeyTimes) =>
    verifiesUntil === undefined || clock() < verifiesUntil

  const signing = (): KeyOnRing => {
    const now = clock()
    const keys = [...held.values()]
    // A clock that is behind those of the others has it that no key signs yet; the first one will.
    const key = keys.find(({ signsFrom }) => signsFrom <= now) ?? keys.at(-1)
    if (!key) throw new Error('There is no key to sign with')
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
      // Others are gone because their time was over.
      if (before.values().some((key) => isGood(key) && !held.has(key.kid)))
        for (const listener of listeners) listener()
    },
  }
}
