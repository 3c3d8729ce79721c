/** The last promises of some keys, as long as they are pending. */
export type LastPending<T> = {
  /** The last promise of a key; undefined when it has settled, or there was none. */
  readonly of: (key: string) => Promise<T> | undefined
  /** Replaces the promise of a key. */
  readonly set: (key: string, promise: Promise<T>) => void
}

/** Makes the queues of work by key: each next piece of work waits for the last one of its key. */
export const lastPending = <T>(): LastPending<T> => {
  const promises = new Map<string, Promise<T>>()
  return {
    of: (key) => promises.get(key),
    set: (key, promise) => {
      promises.set(key, promise)
      const forget = () => {
        if (promises.get(key) === promise) promises.delete(key)
      }
      promise.then(forget, forget)
    },
  }
}
