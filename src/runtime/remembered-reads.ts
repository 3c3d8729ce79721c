import { LRUCache } from 'lru-cache'
import type { DocumentStore } from '../platform/storage/documents/port.ts'

/** A cache of the recent queries of a store and their answers. */
export type RememberedReads = Pick<DocumentStore, 'get' | 'find'>

/** Limit of a query beyond which its answer is not cached: answers are bounded by number, so each must be small. */
const mostRemembered = 200

/**
 * Caches answers of a store, except those of many documents, as long as its read model does not move: the same query at the same position gets the same
 * answer, and concurrent ones share one. An event that a read model reads moves it, which invalidates its answers. A
 * change that does not move it (the retry of a parked document; a switch to another generation in another process) shows
 * after `ttl`.
 * @param at the position at which the read model was last changed, and whatever else identifies its state; looked up before the query
 * @param options.most the number of cached answers
 * @param options.ttl ms
 * @param options.onForgotten registers a listener for every person who is forgotten: the whole cache is then cleared
 */
export const rememberedReads = (
  documents: Pick<DocumentStore, 'get' | 'find'>,
  {
    most = 500,
    ttl = 1_000,
    onForgotten,
  }: {
    readonly most?: number
    readonly ttl?: number
    readonly onForgotten?: (listener: () => void) => unknown
  } = {},
): ((at: string) => RememberedReads) => {
  const answers = new LRUCache<string, Promise<unknown>>({ max: most, ttl })
  // Expired answers are not returned any more, but would stay in memory until evicted.
  onForgotten?.(() => answers.clear())

  const remember = <T>(key: string, ask: () => Promise<T>): Promise<T> => {
    // The key holds the read model and the query, which determine the type of the answer.
    const known = answers.get(key) as Promise<T> | undefined
    if (known) return known
    const answer = ask()
    answers.set(key, answer)
    answer.catch(() => answers.delete(key))
    return answer
  }

  return (at) => ({
    get: (projection, key) =>
      remember(`${projection.name} ${projection.version} ${at} get ${key}`, () =>
        documents.get(projection, key),
      ),
    find: (projection, query) => {
      const ask = () => documents.find(projection, query)
      if ((query.limit ?? 0) > mostRemembered) return ask()
      return remember(
        `${projection.name} ${projection.version} ${at} find ${JSON.stringify(query)}`,
        ask,
      )
    },
  })
}
