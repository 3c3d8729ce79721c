/** Memory in use, in bytes. */
export type Memory = { readonly heap: number; readonly external: number; readonly rss: number }

/** Returns the memory in use, after garbage was collected where the process allows it. */
export const memoryOfThis = (): Memory => {
  globalThis.gc?.()
  const { heapUsed: heap, external, rss } = process.memoryUsage()
  return { heap, external, rss }
}
