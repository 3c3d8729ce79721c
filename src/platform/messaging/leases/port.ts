/** The right to do something that only one process may do at a time. */
export type Lease = {
  /** Aborted when the lease is lost: the holder must stop. */
  readonly lost: AbortSignal
  /**
   * Whether the lease is certainly held at this moment; aborts `lost` when it is not. To be asked before an effect that no
   * position guards: a process that hung and wakes up may run its next line before any event or timer tells of the loss.
   */
  readonly isHeld: () => boolean
  readonly release: () => Promise<void>
}

/**
 * Hands out leases, each to one holder over all processes. A process that dies loses its leases within 10 s, one that
 * lives and hangs within 15 s, unless AGORA_LEASE says otherwise.
 */
export type Leases = {
  /**
   * Waits until the lease is free and takes it.
   * @throws the signal's reason, when that comes first
   */
  readonly acquire: (name: string, signal: AbortSignal) => Promise<Lease>
  readonly close: () => Promise<void>
}
