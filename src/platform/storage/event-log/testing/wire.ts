import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net'

/** A proxy between a client and a server, with controls for failures of connections. */
export type SpoiltWire = AsyncDisposable & {
  readonly port: number
  /** Closes every present connection. */
  readonly cut: () => void
  /** Present connections stay open but drop all data; later ones are served. */
  readonly freeze: () => void
  /** Present connections forward no data until `release`; later ones are served. */
  readonly hold: () => void
  readonly release: () => void
  /** Drops the answers of the server, until the next `cut`. */
  readonly deafen: () => void
  /** Closes each later connection after a number of bytes; undefined to stop that. */
  readonly cutAfter: (bytes: (() => number) | undefined) => void
}

/** Listens on a port of this machine; 0 for a free one. @returns the port */
export const listening = (server: Server, port = 0): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })

/** Starts a proxy of a server on this machine. @param port of the server; it need not listen yet */
export const spoiltWire = async (port: number): Promise<SpoiltWire> => {
  const sockets = new Set<Socket>()
  let held = new Set<Socket>()
  let frozen = new WeakSet<Socket>()
  let isDeaf = false
  let budget: (() => number) | undefined

  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1')
    let left = budget?.() ?? Infinity
    const pair = [client, upstream]
    const end = () => pair.forEach((socket) => socket.destroy())
    const pass = (from: Socket, to: Socket) => {
      sockets.add(from)
      from.setNoDelay()
      from.on('error', end).on('close', () => {
        sockets.delete(from)
        end()
      })
      from.on('data', (bytes: Buffer) => {
        if (frozen.has(from) || (isDeaf && from === upstream)) return
        left -= bytes.length
        if (left > 0) return void to.write(bytes)
        // The first part of the data still arrives, as when a connection breaks.
        to.write(bytes.subarray(0, bytes.length + left), end)
      })
    }
    pass(client, upstream)
    pass(upstream, client)
  })
  const own = await listening(server)
  const cut = () => {
    isDeaf = false
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: own,
    cut,
    freeze: () => (frozen = new WeakSet(sockets)),
    hold: () => {
      held = new Set(sockets)
      held.forEach((socket) => socket.pause())
    },
    release: () => held.forEach((socket) => socket.resume()),
    deafen: () => void (isDeaf = true),
    cutAfter: (bytes) => void (budget = bytes),
    [Symbol.asyncDispose]: async () => {
      cut()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
