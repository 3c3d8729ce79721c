import { once } from 'node:events'
import type { Socket } from 'socket.io'

/** The most messages that are buffered for a client before its sender waits. */
const mostWaiting = 32

type Connection = Socket['conn']

/** The messages buffered for each connection, beside those that the network holds. */
const waiting = new WeakMap<Connection, { count: number }>()

const outboxOf = (connection: Connection): { readonly count: number } => {
  const known = waiting.get(connection)
  if (known) return known
  const outbox = { count: 0 }
  waiting.set(connection, outbox)
  connection.on('packetCreate', () => {
    outbox.count += 1
  })
  connection.on('flush', ({ length }: readonly unknown[]) => {
    outbox.count = Math.max(0, outbox.count - length)
  })
  return outbox
}

/**
 * Resolves once few enough messages are buffered for a client to send it another.
 * @param signal ends the wait; to be aborted when the connection ends
 * @throws the signal's reason
 */
export const drained = async (
  { conn }: Pick<Socket, 'conn'>,
  signal: AbortSignal,
): Promise<void> => {
  const outbox = outboxOf(conn)
  while (outbox.count >= mostWaiting) await once(conn, 'drain', { signal })
  signal.throwIfAborted()
}
