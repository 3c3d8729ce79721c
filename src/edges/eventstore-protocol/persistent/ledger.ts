/** Which messages of a group are done: yields the checkpoint, the place up to which all are. */
export type Ledger = {
  /** Adds a place that is not done; places are added in ascending order. */
  readonly open: (place: bigint) => void
  /** Marks a place as done; places that were not added are ignored. */
  readonly done: (place: bigint) => void
  /** Adds that nothing else is to be done up to this place. */
  readonly reached: (place: bigint) => void
  readonly checkpoint: () => bigint
  /** Returns the places after the checkpoint that are done. */
  readonly ahead: () => readonly bigint[]
  /** Number of places after the checkpoint. */
  readonly size: () => number
}

/** Creates the ledger of a group whose messages up to a place are done. */
export const ledger = (start: bigint): Ledger => {
  type Entry = { readonly place: bigint; isDone: boolean; readonly isMessage: boolean }
  let checkpoint = start
  let entries: Entry[] = []
  let first = 0
  const byPlace = new Map<bigint, Entry>()

  const advance = (): void => {
    for (let entry = entries[first]; entry?.isDone; entry = entries[first]) {
      checkpoint = entry.place
      byPlace.delete(entry.place)
      first += 1
    }
    // Removed in bulk: each removal moves what is left.
    if (first > 1_000 && first * 2 > entries.length) {
      entries = entries.slice(first)
      first = 0
    }
  }

  return {
    open: (place) => {
      const entry = { place, isDone: false, isMessage: true }
      entries.push(entry)
      byPlace.set(place, entry)
    },
    done: (place) => {
      const entry = byPlace.get(place)
      if (!entry) return
      entry.isDone = true
      advance()
    },
    reached: (place) => {
      const last = entries.at(-1)
      if (place <= (last && entries.length > first ? last.place : checkpoint)) return
      // Only the latest of several in a row counts.
      if (last && entries.length > first && !last.isMessage) entries.pop()
      entries.push({ place, isDone: true, isMessage: false })
      advance()
    },
    checkpoint: () => checkpoint,
    ahead: () =>
      entries
        .slice(first)
        .filter(({ isDone, isMessage }) => isDone && isMessage)
        .map(({ place }) => place),
    size: () => entries.length - first,
  }
}
