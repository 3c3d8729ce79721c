import { LRUCache } from 'lru-cache'
import type { DocumentStore } from '../platform/storage/documents/port.ts'

/** A cache of the recent queries of a store and their answers. */
export type RememberedReads = Pick<DocumentStore, 'get' | 'find'>

/**
 * Remembers answers of a store as long as its read model does not move: whoever asks the same at the same position is
 * given the same answer, and those who ask at the same time share one. An event that concerns a read model moves it, so
 * that nothing is shown that was written over. What changes a read model without moving it (a parked document that is
 * retried; where others run the projection, a rebuilt one that takes its place) shows after `ttl`.
 * @param at how far the read model has come, and whatever else tells its states apart; looked up before it is asked
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
    readonly onForgotten?: (heard: () => void) => unknown
  } = {},
): ((at: string) => RememberedReads) => {
  const answers = new LRUCache<string, Promise<unknown>>({ max: most, ttl })
  // What is too old is not given any more, but would stay until there is no room for it.
  onForgotten?.(() => answers.clear())

  const remember = <T>(key: string, ask: () => Promise<T>): Promise<T> => {
    // A key says what was asked of which read model, and so of what type its answer is.
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
    find: (projection, query) =>
      remember(`${projection.name} ${projection.version} ${at} find ${JSON.stringify(query)}`, () =>
        documents.find(projection, query),
      ),
  })
}
