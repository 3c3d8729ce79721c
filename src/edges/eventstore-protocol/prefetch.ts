/**
 * Fetches the next item while the previous one is processed; at most one item is held. Closes `items` when the consumer
 * stops; a pending fetch ends with the signal of `items` itself.
 */
export async function* prefetch<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
  const iterator = items[Symbol.asyncIterator]()
  let next = iterator.next()
  try {
    for (;;) {
      const { done, value } = await next
      if (done) return
      next = iterator.next()
      // A failure is thrown when its item is awaited.
      next.catch(() => undefined)
      yield value
    }
  } finally {
    // Not awaited: the pending item may take long.
    iterator.return?.().catch(() => undefined)
  }
}
