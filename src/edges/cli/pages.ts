/** The largest page that is given. */
const largest = 100

/**
 * A list, page by page, until there is no more or it is enough.
 * @param ask for a page of so many entries, by its number from 1
 * @param most so many entries are enough
 */
export const pages = async <T>(
  ask: (query: string) => Promise<{ readonly entries: readonly T[]; readonly total: number }>,
  most = Number.POSITIVE_INFINITY,
): Promise<readonly T[]> => {
  const limit = Math.min(most, largest)
  const all: T[] = []
  for (let page = 1; ; page += 1) {
    const { entries, total } = await ask(`page=${page}&limit=${limit}`)
    all.push(...entries)
    if (entries.length === 0 || all.length >= Math.min(total, most)) return all.slice(0, most)
  }
}
