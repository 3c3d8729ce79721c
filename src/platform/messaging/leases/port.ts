/** Exclusive right to work that only one process may do at a time. */
export type Lease = {
  /** Aborted when the lease is lost; the holder must stop. */
  readonly lost: AbortSignal
  /**
   * Whether the lease is certainly held at this moment; aborts `lost` when it is not. To be called before an effect that no
   * position guards: a process that hung may run its next line before any event or timer reports the loss.
   */
  readonly isHeld: () => boolean
  readonly release: () => Promise<void>
}

/**
 * Leases, each with one holder over all processes. A process that dies loses its leases within 10 s, one that hangs within
 * 15 s, unless AGORA_LEASE sets another duration.
 */
export type Leases = {
  /**
   * Waits until the lease is free, and acquires it.
   * @throws the reason of the signal, if that aborts first
   */
  readonly acquire: (name: string, signal: AbortSignal) => Promise<Lease>
  readonly close: () => Promise<void>
}
