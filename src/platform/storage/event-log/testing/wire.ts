import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net'

/** A wire between a client and a server, that one can spoil. */
export type SpoiltWire = AsyncDisposable & {
  readonly port: number
  /** Cuts every connection there is. */
  readonly cut: () => void
  /** What is connected now stays so, but nothing passes any more; those who connect later are served. */
  readonly freeze: () => void
  /** What is connected now passes nothing on until `release`; those who connect later are served. */
  readonly hold: () => void
  readonly release: () => void
  /** From now on the server hears everything, and nothing of what it says arrives; until the next `cut`. */
  readonly deafen: () => void
  /** Every connection made from now on is cut after so many bytes; undefined for none. */
  readonly cutAfter: (bytes: (() => number) | undefined) => void
}

/** Listens on a free port of this machine, or on the one that is named. */
export const listening = (server: Server, port = 0): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })

/** Lays a wire to a server on this machine. @param port where the server is, whenever somebody connects */
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
        // The first part of it still arrives: that is how connections break.
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
