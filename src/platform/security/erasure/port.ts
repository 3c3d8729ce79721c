/** One place where something of a person might have been, and what was there. */
export type CheckedPlace = {
  /** `snapshots`, `read.accounts_g1`, … */
  readonly place: string
  /** How many entries said something of them. */
  readonly found: number
  /** How many of those say nothing any more. */
  readonly removed: number
  /** How that is meant, for people. */
  readonly note?: string
}

/** What was found and removed when somebody was forgotten. It says nothing of them but their id. */
export type ForgettingReceipt = {
  readonly person: string
  /** When their key was destroyed, ISO 8601 in UTC: nobody can read since what the log says of them. */
  readonly keyDestroyedAt: string
  readonly places: readonly CheckedPlace[]
  /** Where Agora cannot look, for people: to be seen to by those who run it. */
  readonly beyond: readonly string[]
}

/** Forgets people for good. */
export type Forgetting = {
  /**
   * Removes what the stores of Agora say of somebody, and destroys their key. They must have left. May be done again:
   * that finds what has come since, as far as it can still be told.
   * @param options.streams those that say something of them, besides their own
   * @throws Unavailable when a store is away; do it again
   */
  readonly forget: (
    person: string,
    options?: { readonly streams?: readonly string[] },
  ) => Promise<void>
  /** What came of it; undefined as long as it is not done. */
  readonly receiptOf: (person: string) => Promise<ForgettingReceipt | undefined>
}
