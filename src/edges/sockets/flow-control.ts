import { once } from 'node:events'
import type { Socket } from 'socket.io'

/** Number of messages buffered for a client from which its sender has to wait. */
const maxBuffered = 32

type Connection = Socket['conn']

/** Number of messages buffered for each connection, without those in the network's buffers. */
const outboxes = new WeakMap<Connection, { count: number }>()

const outboxOf = (connection: Connection): { readonly count: number } => {
  const known = outboxes.get(connection)
  if (known) return known
  const outbox = { count: 0 }
  outboxes.set(connection, outbox)
  connection.on('packetCreate', () => {
    outbox.count += 1
  })
  connection.on('flush', ({ length }: readonly unknown[]) => {
    outbox.count = Math.max(0, outbox.count - length)
  })
  return outbox
}

/**
 * Waits until the buffer of a client has room for another message.
 * @param signal ends the wait; the caller aborts it when the connection ends
 * @throws the signal's reason
 */
export const drained = async (
  { conn }: Pick<Socket, 'conn'>,
  signal: AbortSignal,
): Promise<void> => {
  const outbox = outboxOf(conn)
  while (outbox.count >= maxBuffered) await once(conn, 'drain', { signal })
  signal.throwIfAborted()
}
