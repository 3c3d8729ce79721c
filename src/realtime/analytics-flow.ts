import { once } from 'node:events'
import type { Socket } from 'socket.io'

/** So many messages may wait for a client to take them; whoever has more to tell it waits. */
const mostWaiting = 32

type Connection = Socket['conn']

/** How many messages wait for each connection, beside those on their way through the network. */
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
 * Resolves once a client has taken enough of what it was told to be told more: with a slow client, nothing piles up.
 * @param signal ends the wait; to be aborted when the connection ends
 * @throws the signal's reason
 */
export const room = async ({ conn }: Pick<Socket, 'conn'>, signal: AbortSignal): Promise<void> => {
  const outbox = outboxOf(conn)
  while (outbox.count >= mostWaiting) await once(conn, 'drain', { signal })
  signal.throwIfAborted()
}
