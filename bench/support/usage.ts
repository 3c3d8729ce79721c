/** How a process is doing: CPU time in s, resident memory in bytes. */
export type Usage = { readonly cpu: number; readonly rss: number; readonly heap: number }

/** What has been used so far. */
export const usageOfThis = (): Usage => {
  const { user, system } = process.cpuUsage()
  const { rss, heapUsed } = process.memoryUsage()
  return { cpu: (user + system) / 1e6, rss, heap: heapUsed }
}
