/** Maximum size of a page of the API. */
const maxPageSize = 100

/**
 * Reads a list page by page.
 * @param requestPage requests a page by the given query (`page` from 1, and `limit`)
 * @param maxEntries maximum number of entries; default: all
 */
export const pages = async <T>(
  requestPage: (
    query: string,
  ) => Promise<{ readonly entries: readonly T[]; readonly total: number }>,
  maxEntries = Number.POSITIVE_INFINITY,
): Promise<readonly T[]> => {
  const limit = Math.min(maxEntries, maxPageSize)
  const all: T[] = []
  for (let page = 1; ; page += 1) {
    const { entries, total } = await requestPage(`page=${page}&limit=${limit}`)
    all.push(...entries)
    if (entries.length === 0 || all.length >= Math.min(total, maxEntries))
      return all.slice(0, maxEntries)
  }
}
