/** A place in a line. */
type Place<T> = {
  what: T | undefined
  before: Place<T> | undefined
  behind: Place<T> | undefined
}

/** Things in the order in which they were put in, each of which may leave at any time. */
export type Standing<T> = {
  /** Puts something at the end. @returns takes it out again; called twice, it does nothing the second time */
  readonly add: (what: T) => () => void
  /** The one that was put in first, of those that are in. */
  readonly first: () => T | undefined
}

/**
 * A line that nothing is left in of what has gone, unlike in a `Set`: each time a Set outgrows its table, V8 links the
 * table to the next one, and one that has become old keeps everything in those behind it from the quick collections of
 * young garbage. Of 32 requests at a time, four in five were copied to the old generation so, with all that belongs to them.
 */
export const standing = <T>(): Standing<T> => {
  let head: Place<T> | undefined
  let tail: Place<T> | undefined
  return {
    add: (what) => {
      const place: Place<T> = { what, before: tail, behind: undefined }
      if (tail) tail.behind = place
      else head = place
      tail = place
      return () => {
        if (place.what === undefined) return
        const { before, behind } = place
        if (before) before.behind = behind
        else head = behind
        if (behind) behind.before = before
        else tail = before
        // Garbage that has become old must not keep what is young.
        place.what = place.before = place.behind = undefined
      }
    },
    first: () => head?.what,
  }
}
