import { mostPayload } from './encryption.ts'
import { DeviceGone, PushRefused, type Push, type PushMessage } from './port.ts'

/** Push messages in memory, for tests, with those that were taken. */
export type MemoryPush = Push & {
  readonly taken: PushMessage[]
  /** Endpoints of subscriptions that have ended. */
  readonly gone: Set<string>
}

/** Push messages in memory. */
export const memoryPush = (): MemoryPush => {
  const taken: PushMessage[] = []
  const gone = new Set<string>()
  return {
    publicKey: Buffer.concat([Buffer.of(4), Buffer.alloc(64, 1)]).toString('base64url'),
    taken,
    gone,
    send: async (message) => {
      if (gone.has(message.subscription.endpoint)) throw new DeviceGone('It has ended')
      if (Buffer.byteLength(message.payload) > mostPayload)
        throw new PushRefused('The message is too long')
      taken.push(message)
    },
  }
}
