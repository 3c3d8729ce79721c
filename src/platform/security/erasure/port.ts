/** Place that an erasure searched for data of the person, with the counts of entries. */
export type CheckedPlace = {
  /** `snapshots`, `read.accounts_g1`, … */
  readonly place: string
  /** Entries with data of the person. */
  readonly found: number
  /** Entries of those from which the data was removed. */
  readonly removed: number
  /** Explanation for the reader of the receipt. */
  readonly note?: string
}

/** Record of a complete erasure. It contains nothing of the person but their id. */
export type ForgettingReceipt = {
  readonly person: string
  /** When their key was destroyed, ISO 8601 in UTC; since then their data in the log cannot be decrypted. */
  readonly keyDestroyedAt: string
  readonly places: readonly CheckedPlace[]
  /** Places that Agora cannot search, such as backups: operators have to. */
  readonly beyond: readonly string[]
}

/** Erases people for good. */
export type Forgetting = {
  /**
   * Removes the data of a person from the stores of Agora, and destroys their key. The person must have left. May be
   * repeated: a repetition finds data that was written since, as far as it can still be recognised.
   * @param options.streams streams with data of the person, besides their own
   * @throws Unavailable when a store cannot be reached; retry
   */
  readonly forget: (
    person: string,
    options?: { readonly streams?: readonly string[] },
  ) => Promise<void>
  /** Returns the receipt of the erasure; undefined as long as that is not complete. */
  readonly receiptOf: (person: string) => Promise<ForgettingReceipt | undefined>
}
