/** The right to do something that only one process may do at a time. */
export type Lease = {
  /** Aborted when the lease is lost: whoever held it must stop. */
  readonly lost: AbortSignal
  readonly release: () => Promise<void>
}

/** Hands out leases, each to one holder over all processes. A dead process loses its leases within 10 s. */
export type Leases = {
  /**
   * Waits until the lease is free and takes it.
   * @throws the signal's reason, when that comes first
   */
  readonly acquire: (name: string, signal: AbortSignal) => Promise<Lease>
  readonly close: () => Promise<void>
}
