/** An event as every peer gets it. */
export type PeerEvent = {
  readonly type: string
  readonly data: { readonly quantity: number; readonly delta: number; readonly reason: string }
  readonly metadata: { readonly correlationId: string; readonly actorId: string }
}

/** An event store, with the one command that is measured. */
export type Peer = {
  /** Begins a stream with some events. */
  readonly seed: (stream: string, events: readonly PeerEvent[]) => Promise<void>
  /** Loads a stream, decides by its state and appends one event, with the version that was read as the expected one. */
  readonly command: (stream: string, decide: (quantity: number) => PeerEvent) => Promise<unknown>
  readonly close: () => Promise<unknown>
}

/** Opens it on an empty database. */
export type OpenPeer = (url: string, options: { readonly callers: number }) => Promise<Peer>
