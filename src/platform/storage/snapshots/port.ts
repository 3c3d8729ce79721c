/** The state of a stream at one of its revisions. */
export type Snapshot = {
  readonly stream: string
  /** Of the decider that folded it; another version's snapshot is of no use. */
  readonly stateVersion: number
  readonly revision: number
  readonly position: bigint
  /** JSON. */
  readonly state: unknown
  /** The commands recorded last, oldest first: `[commandId, revision]`. */
  readonly commands: readonly (readonly [string, number])[]
}

/** Keeps the newest snapshot of each long stream. Losing them costs time, nothing else. */
export type Snapshots = {
  readonly load: (stream: string, stateVersion: number) => Promise<Snapshot | undefined>
  /** Keeps it, unless a later one of the same version is there. */
  readonly save: (snapshot: Snapshot) => Promise<void>
}
