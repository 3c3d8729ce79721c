import type { MongoServerSelectionError } from 'mongodb'

/**
 * Returns whether the driver has stopped looking for a server. It looks every 500 ms while an operation waits for one, and
 * counts each look, whatever comes of it, as an update of the server's description.
 *
 * The driver (7.9) can wait for good for the answer to a heartbeat that it sent while the connection broke: neither the end of
 * the connection nor the limit of the socket reaches it, and the server stays unknown after it is back.
 * @param error an operation that found no server
 * @param options.silentMs age of the last look, in ms, at which no look can be under way any more
 * @param options.now moment, in ms since the process started
 */
export const isMonitorStuck = (
  { reason }: MongoServerSelectionError,
  { silentMs, now }: { readonly silentMs: number; readonly now: number },
): boolean =>
  [...(reason?.servers.values() ?? [])].some(
    ({ type, lastUpdateTime }) => type === 'Unknown' && now - lastUpdateTime > silentMs,
  )
