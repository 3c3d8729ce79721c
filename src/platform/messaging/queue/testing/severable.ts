import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** A proxy of a server, which a test can disconnect and reconnect. */
export type Severable = AsyncDisposable & {
  /** URL of the server through the proxy. */
  readonly url: string
  /** Closes every connection and accepts no new ones. */
  readonly sever: () => Promise<void>
  /** Accepts connections again. */
  readonly mend: () => Promise<void>
  /** Accepts connections but forwards no data, as a server that hangs. */
  readonly hang: () => void
  /** Forwards data again, also the data held back meanwhile. */
  readonly resume: () => void
}

type Hanging = { is: boolean }

const started = async (
  target: URL,
  sockets: Set<Socket>,
  port: number,
  hanging: Hanging,
): Promise<Server> => {
  const server = createServer((near) => {
    const far = connect(Number(target.port || 5432), target.hostname)
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one)
      one.on('error', () => other.destroy())
      one.on('close', () => sockets.delete(one))
      other.on('close', () => one.destroy())
      one.on('data', (piece) => void other.write(piece))
      one.on('end', () => other.end())
      if (hanging.is) one.pause()
    }
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return server
}

const portOf = (server: Server): number => {
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

/** Starts a proxy of a server, for tests of outages. */
export const severable = async (serverUrl: string): Promise<Severable> => {
  const target = new URL(serverUrl)
  const sockets = new Set<Socket>()
  const hanging: Hanging = { is: false }
  let server = await started(target, sockets, 0, hanging)
  const port = portOf(server)
  const url = new URL(serverUrl)
  url.hostname = '127.0.0.1'
  url.port = String(port)

  const sever = async () => {
    const closed = new Promise((resolve) => server.close(resolve))
    for (const socket of sockets) socket.destroy()
    await closed
  }
  return {
    url: url.href,
    sever,
    mend: async () => {
      server = await started(target, sockets, port, hanging)
    },
    hang: () => {
      hanging.is = true
      for (const socket of sockets) socket.pause()
    },
    resume: () => {
      hanging.is = false
      for (const socket of sockets) socket.resume()
    },
    [Symbol.asyncDispose]: sever,
  }
}
