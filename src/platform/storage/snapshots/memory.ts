import type { Snapshot, Snapshots } from './port.ts'

/** Snapshots in the memory of one process. */
export const memorySnapshots = (): Snapshots => {
  const snapshots = new Map<string, Snapshot>()
  return {
    load: async (stream, stateVersion) => {
      const snapshot = snapshots.get(stream)
      return snapshot?.stateVersion === stateVersion ? structuredClone(snapshot) : undefined
    },
    save: async (snapshot) => {
      const there = snapshots.get(snapshot.stream)
      const newer =
        there?.stateVersion === snapshot.stateVersion && there.revision > snapshot.revision
      if (!newer) snapshots.set(snapshot.stream, structuredClone(snapshot))
    },
  }
}
