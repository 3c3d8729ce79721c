/** The workload of Agora and its peers: number of callers, of streams, and of events that each stream begins with. */
export const together = { callers: 32, streams: 640, events: 5 } as const
