import { once } from 'node:events'
import type { Socket } from 'socket.io'

/** Number of messages buffered for a client from which its sender has to wait. */
const maxBuffered = 32

/** Size of the messages buffered for a client from which it is disconnected, in bytes. */
const maxBufferedBytes = 8 * 1024 * 1024

/** Memory that a buffered message takes beside its text, in bytes, roughly. */
const overhead = 256

type Connection = Socket['conn']

/** Messages buffered for a connection, without those in the network's buffers. */
type Outbox = { count: number; bytes: number }

const outboxes = new WeakMap<Connection, Outbox>()

/** Returns the size of a packet of Engine.IO, in bytes, roughly. */
const sizeOf = (packet: unknown): number => {
  const data = typeof packet === 'object' && packet && 'data' in packet ? packet.data : undefined
  return overhead + (typeof data === 'string' || data instanceof Uint8Array ? data.length : 0)
}

const outboxOf = (connection: Connection): Readonly<Outbox> => {
  const known = outboxes.get(connection)
  if (known) return known
  const outbox: Outbox = { count: 0, bytes: 0 }
  outboxes.set(connection, outbox)
  connection.on('packetCreate', (packet: unknown) => {
    outbox.count += 1
    outbox.bytes += sizeOf(packet)
  })
  connection.on('flush', (packets: readonly unknown[]) => {
    outbox.count = Math.max(0, outbox.count - packets.length)
    outbox.bytes = Math.max(
      0,
      packets.reduce<number>((left, packet) => left - sizeOf(packet), outbox.bytes),
    )
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

/**
 * Disconnects a client that reads more slowly than pushes come, once too much waits for it: it connects again, and resumes
 * after its last message. Pushes to a room wait for nobody.
 * @param connection a new connection
 * @param onFull called before it is closed
 */
export const limitOutbox = (connection: Connection, onFull: () => void): void => {
  const outbox = outboxOf(connection)
  connection.on('packetCreate', () => {
    if (outbox.bytes <= maxBufferedBytes || connection.readyState !== 'open') return
    onFull()
    // What waits is discarded; `close()` alone would wait until it has been sent.
    connection.close(true)
  })
}
