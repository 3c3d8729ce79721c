/**
 * Fetches the next item while the one before is worked on: at most one more is held. What is behind `items` is let go
 * of when nobody wants more, at the latest when its own signal says so.
 */
export async function* prefetch<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
  const iterator = items[Symbol.asyncIterator]()
  let next = iterator.next()
  try {
    for (;;) {
      const { done, value } = await next
      if (done) return
      next = iterator.next()
      // Should that fail, it is told when it is its turn.
      next.catch(() => undefined)
      yield value
    }
  } finally {
    // Not waited for: the item that is under way may be a long time coming.
    iterator.return?.().catch(() => undefined)
  }
}
