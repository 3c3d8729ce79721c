import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** A way to a server that fails when a test says so. */
export type Between = AsyncDisposable & {
  readonly url: string
  /** Number of connections until now. */
  readonly connections: () => number
  /** Passes nothing on any more; connections stay open. */
  readonly hang: () => void
  /** Cuts all connections, and each new one at once. */
  readonly cut: () => void
  /** Passes on again. */
  readonly mend: () => void
  /** Cuts each connection once so many bytes have come from the server. */
  readonly cutAfter: (bytes: number) => void
}

/** Opens a port that passes all bytes on to a server. @param target URL of the server, by HTTP */
export const openBetween = async (target: string): Promise<Between> => {
  const { hostname, port } = new URL(target)
  const pairs = new Set<readonly [Socket, Socket]>()
  let state: 'passing' | 'hanging' | 'cut' = 'passing'
  let most = Infinity
  let count = 0
  const both = (work: (socket: Socket) => unknown): void => {
    for (const pair of pairs) for (const socket of pair) work(socket)
  }
  const server = createServer((client) => {
    count += 1
    if (state === 'cut') return void client.destroy()
    const upstream = connect(Number(port), hostname)
    const pair = [client, upstream] as const
    pairs.add(pair)
    let passed = 0
    const pass = (from: Socket, to: Socket, counts: boolean) => {
      from.on('data', (bytes) => {
        passed += counts ? bytes.length : 0
        if (counts && passed > most) return both((socket) => socket.destroy())
        if (!to.write(bytes)) from.pause()
      })
      to.on('drain', () => void (state === 'passing' && from.resume()))
      from.on('error', () => undefined)
      from.on('close', () => {
        to.destroy()
        pairs.delete(pair)
      })
    }
    pass(client, upstream, false)
    pass(upstream, client, true)
    if (state === 'hanging') both((socket) => socket.pause())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port: own } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${own}`,
    connections: () => count,
    hang: () => {
      state = 'hanging'
      both((socket) => socket.pause())
    },
    cut: () => {
      state = 'cut'
      both((socket) => socket.destroy())
    },
    mend: () => {
      state = 'passing'
      most = Infinity
      both((socket) => socket.resume())
    },
    cutAfter: (bytes) => {
      most = bytes
    },
    [Symbol.asyncDispose]: async () => {
      both((socket) => socket.destroy())
      server.close()
      await once(server, 'close')
    },
  }
}
