/** An event in the form that every peer receives. */
export type PeerEvent = {
  readonly type: string
  readonly data: { readonly quantity: number; readonly delta: number; readonly reason: string }
  readonly metadata: { readonly correlationId: string; readonly actorId: string }
}

/** An event store with the measured command. */
export type Peer = {
  /** Creates a stream with some events. */
  readonly seed: (stream: string, events: readonly PeerEvent[]) => Promise<void>
  /** Loads a stream, decides on its state and appends one event with the revision that was read as the expected one. */
  readonly command: (stream: string, decide: (quantity: number) => PeerEvent) => Promise<unknown>
  readonly close: () => Promise<unknown>
}

/** Opens the event store on an empty database. */
export type OpenPeer = (url: string, options: { readonly callers: number }) => Promise<Peer>
