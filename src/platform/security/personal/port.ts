import type { Unsealing } from './personal-seal.ts'

/** Somebody's key as it is used; or the news that there is none any more. */
export type KeyState = Unsealing | 'destroyed'

/** Keeps a key for each person: what events say of them can be read as long as it is there. */
export type PersonalKeys = {
  /** The key of somebody, as far as this process remembers it. */
  readonly known: (person: string) => KeyState | undefined
  /**
   * The keys of some people.
   * @param options.make make one for who never had any; durable when the promise resolves
   * @returns without those who never had one
   * @throws Unavailable when the store cannot be asked
   */
  readonly keysOf: (
    people: readonly string[],
    options?: { readonly make?: boolean },
  ) => Promise<ReadonlyMap<string, KeyState>>
  /**
   * Destroys somebody's key for good, and with it what was sealed with it; nobody gets another one in its place.
   * Doing so again changes nothing.
   * @returns when it was destroyed, ISO 8601 in UTC
   */
  readonly destroy: (person: string) => Promise<string>
  /** Tells of every person whose key is destroyed, in whichever process. @returns ends it */
  readonly onDestroyed: (heard: (person: string) => void) => () => void
  readonly close: () => Promise<void>
}
