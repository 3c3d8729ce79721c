/** Resource usage of a process: CPU time in s, resident memory in bytes. */
export type Usage = { readonly cpu: number; readonly rss: number; readonly heap: number }

/** Returns the usage of this process so far. */
export const usageOfThis = (): Usage => {
  const { user, system } = process.cpuUsage()
  const { rss, heapUsed } = process.memoryUsage()
  return { cpu: (user + system) / 1e6, rss, heap: heapUsed }
}
