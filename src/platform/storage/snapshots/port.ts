/** The state of a stream at one of its revisions. */
export type Snapshot = {
  readonly stream: string
  /** Version of the decider that folded it; snapshots of other versions are not used. */
  readonly stateVersion: number
  readonly revision: number
  readonly position: bigint
  /** A JSON value. */
  readonly state: unknown
  /** The last recorded commands, oldest first: `[commandId, revision]`. */
  readonly commands: readonly (readonly [string, number])[]
}

/** Store of the newest snapshot of each long stream. A lost snapshot costs time only. */
export type Snapshots = {
  readonly load: (stream: string, stateVersion: number) => Promise<Snapshot | undefined>
  /** Saves a snapshot, unless there is a later one of the same version. */
  readonly save: (snapshot: Snapshot) => Promise<void>
}
