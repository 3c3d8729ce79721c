/** Maximum size of a page of the API. */
const maxPageSize = 100

/**
 * Reads a list page by page.
 * @param ask requests a page by the given query (`page` from 1, and `limit`)
 * @param most maximum number of entries; default: all
 */
export const pages = async <T>(
  ask: (query: string) => Promise<{ readonly entries: readonly T[]; readonly total: number }>,
  most = Number.POSITIVE_INFINITY,
): Promise<readonly T[]> => {
  const limit = Math.min(most, maxPageSize)
  const all: T[] = []
  for (let page = 1; ; page += 1) {
    const { entries, total } = await ask(`page=${page}&limit=${limit}`)
    all.push(...entries)
    if (entries.length === 0 || all.length >= Math.min(total, most)) return all.slice(0, most)
  }
}
