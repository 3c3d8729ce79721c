import type { Snapshot, Snapshots } from './port.ts'

/** Snapshots that live as long as their process. */
export const memorySnapshots = (): Snapshots => {
  const kept = new Map<string, Snapshot>()
  return {
    load: async (stream, stateVersion) => {
      const snapshot = kept.get(stream)
      return snapshot?.stateVersion === stateVersion ? structuredClone(snapshot) : undefined
    },
    save: async (snapshot) => {
      const there = kept.get(snapshot.stream)
      const newer =
        there?.stateVersion === snapshot.stateVersion && there.revision > snapshot.revision
      if (!newer) kept.set(snapshot.stream, structuredClone(snapshot))
    },
  }
}
