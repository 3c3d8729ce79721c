import type { PersonalSeal } from './personal-seal.ts'

/** The key of a person, ready for use, or that it was destroyed. */
export type KeyState = PersonalSeal | 'destroyed'

/** A key for each person: their personal data in events can be decrypted as long as the key exists. */
export type PersonalKeys = {
  /** Returns the key of a person from the cache of this process; undefined if it is not cached. */
  readonly known: (person: string) => KeyState | undefined
  /**
   * Returns the keys of several people.
   * @param options.make create a key for those without one; it is durable when the promise resolves
   * @returns without the people who never had a key
   * @throws Unavailable when the store cannot be reached
   */
  readonly keysOf: (
    people: readonly string[],
    options?: { readonly make?: boolean },
  ) => Promise<ReadonlyMap<string, KeyState>>
  /**
   * Destroys the key of a person for good, so that what was encrypted under it is lost; the person gets no other key. A
   * repetition changes nothing.
   * @returns when it was destroyed, ISO 8601 in UTC
   */
  readonly destroy: (person: string) => Promise<string>
  /** Calls a listener with each person whose key is destroyed, in whichever process. @returns removes the listener */
  readonly onDestroyed: (listener: (person: string) => void) => () => void
  readonly close: () => Promise<void>
}
