import { MessageRefused, type Bridge, type BridgeMessage } from './port.ts'

/** A bridge to a list in memory. */
export type MemoryBridge = Bridge & {
  /** All messages, in the order in which they were published. */
  readonly published: readonly BridgeMessage[]
}

/** @param options.maxBytes size of the largest body that it accepts */
export const memoryBridge = ({
  maxBytes = Infinity,
}: { readonly maxBytes?: number } = {}): MemoryBridge => {
  const published: BridgeMessage[] = []
  return {
    published,
    publish: async (messages, signal) => {
      signal?.throwIfAborted()
      for (const message of messages) {
        if (message.body.length > maxBytes)
          throw new MessageRefused(`A message of ${message.body.length} bytes is too large`)
        published.push(message)
      }
    },
    close: async () => undefined,
  }
}
