import type { Readable } from 'node:stream'

/** A part of a blob, in bytes. */
export type ByteRange = {
  readonly start: number
  /** The first byte after the part. */
  readonly end: number
}

/** Received bytes that no key names yet. Disposing of it discards them, unless they have been committed. */
export type StagedBlob = AsyncDisposable & {
  /** In bytes. */
  readonly size: number
  /** SHA-256 of all bytes, in hex. */
  readonly sha256: string
  /** Reads a part. @returns fewer bytes than asked for at the end */
  readonly read: (start: number, length: number) => Promise<Buffer>
  /** Stores the bytes under a key, durably and all at once; replaces what the key names. To be called once. */
  readonly commit: (key: string) => Promise<void>
}

/** A stored blob, as lists have it. */
export type ListedBlob = {
  readonly key: string
  /** In bytes. */
  readonly size: number
  /** By the clock of the store. */
  readonly storedAt: Date
  /** The present time by the same clock. */
  readonly listedAt: Date
}

/** A request by which a client sends bytes to the store itself. */
export type DirectOffer = {
  readonly method: 'PUT'
  readonly url: string
  /** To be sent as they are. */
  readonly headers: Readonly<Record<string, string>>
}

/** Bytes that a client has sent to the store itself. */
export type ArrivedBlob = {
  /** In bytes. */
  readonly size: number
  /**
   * Puts the bytes where no client can replace them, and reads them once.
   * @throws ChangedMeanwhile when others have arrived, or the bytes are gone; Unavailable, while reading as well
   */
  readonly open: () => Promise<AsyncIterable<Uint8Array>>
  /**
   * Stages the bytes that were opened, whatever arrives meanwhile, without receiving them again.
   * @param source passes on what `open` returns, unchanged
   */
  readonly stage: Blobs['stage']
}

/** Bytes that clients send to the store itself, past Agora. They are no blobs before they are committed. */
export type DirectUploads = {
  /**
   * Makes a request that takes bytes under an id, of this size and type alone, until it expires. May be used repeatedly.
   * @param upload.size in bytes
   * @param upload.type media type
   * @param upload.lifetime in ms
   * @returns undefined from a store that takes no new bytes, but has some of earlier offers
   */
  readonly offer: (upload: {
    readonly id: string
    readonly size: number
    readonly type: string
    readonly lifetime: number
  }) => Promise<DirectOffer | undefined>
  /** Returns what has arrived under an id. @returns undefined when nothing has */
  readonly arrived: (id: string) => Promise<ArrivedBlob | undefined>
  /** Removes what has arrived under an id, if anything has. */
  readonly remove: (id: string) => Promise<void>
  /** Lists what has arrived; keys are ids. */
  readonly list: () => AsyncIterable<ListedBlob>
}

/**
 * Store of large immutable values by key, streamed in both directions. A key names all bytes of a value or none, also after
 * a crash. Keys are of lower-case letters, digits, `-` and `.`, beginning with a letter or digit; other keys are errors.
 * Methods throw Unavailable when the store cannot be reached.
 */
export type Blobs = {
  /** Name of the adapter: `disk`. */
  readonly driver: string
  /**
   * Receives bytes. Nothing remains of them when the source fails.
   * @param source whose chunks do not change after it has passed them on
   * @throws OutOfSpace when the store is full, and every error of the source
   */
  readonly stage: (source: AsyncIterable<Uint8Array>) => Promise<StagedBlob>
  /** Opens a blob, or a part of it, for reading. @returns undefined when there is none */
  readonly read: (key: string, range?: ByteRange) => Promise<Readable | undefined>
  /** Size of a blob, in bytes. @returns undefined when there is none */
  readonly sizeOf: (key: string) => Promise<number | undefined>
  /** Removes a blob, durably. @returns whether there was one */
  readonly remove: (key: string) => Promise<boolean>
  /** Lists all blobs, in no order. */
  readonly list: () => AsyncIterable<ListedBlob>
  /** Removes what crashes have left of staged bytes; those that are being received stay. */
  readonly removeLeftovers: () => Promise<void>
  /**
   * Moves some blobs of an earlier store here, where there is one.
   * @returns their number; 0 when none was left
   */
  readonly moveFromEarlier?: () => Promise<number>
  /** Uploads past Agora, where the store takes them. */
  readonly direct?: DirectUploads
}

/** The store has no space left. */
export class OutOfSpace extends Error {
  override name = 'OutOfSpace'
}

/** Bytes that a client has sent were replaced or removed before they were opened. */
export class ChangedMeanwhile extends Error {
  override name = 'ChangedMeanwhile'
}

/** @throws Error when a text is no key of a blob */
export const mustBeKey = (key: string): void => {
  if (!/^[a-z0-9][a-z0-9.-]{1,199}$/.test(key)) throw new Error('This is no key of a blob')
}
