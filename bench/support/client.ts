import { Agent, request } from 'node:http'

/** An answer with its parsed body. */
export type Reply = { readonly status: number; readonly body: unknown }

/** Sends a request. @throws Error when the server is unreachable, or the status is not among 200 to 299 */
export type Client = Disposable & {
  readonly call: <T>(method: string, path: string, body?: unknown, token?: string) => Promise<T>
}

/** A client with persistent connections. @param connections maximum number of connections */
export const client = (url: string, connections = 64): Client => {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const { hostname, port } = new URL(url)
  const send = (method: string, path: string, body: unknown, token: string | undefined) =>
    new Promise<Reply>((resolve, reject) => {
      const json = body === undefined ? undefined : JSON.stringify(body)
      const sent = request(
        {
          agent,
          hostname,
          port,
          method,
          path,
          headers: {
            ...(token !== undefined && { authorization: `Bearer ${token}` }),
            ...(json !== undefined && {
              'content-type': 'application/json',
              'content-length': Buffer.byteLength(json),
            }),
          },
        },
        (answer) => {
          const chunks: Buffer[] = []
          answer.on('data', (chunk: Buffer) => chunks.push(chunk))
          answer.on('error', reject)
          answer.on('end', () => {
            const text = Buffer.concat(chunks).toString()
            const isJson = /json/.test(answer.headers['content-type'] ?? '')
            resolve({ status: answer.statusCode ?? 0, body: isJson ? JSON.parse(text) : text })
          })
        },
      )
      sent.on('error', reject)
      sent.end(json)
    })
  return {
    call: async <T>(method: string, path: string, body?: unknown, token?: string) => {
      const reply = await send(method, path, body, token)
      if (reply.status < 200 || reply.status > 299)
        throw new Error(`${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`)
      // The caller states the type of this path's answer.
      return reply.body as T
    },
    [Symbol.dispose]: () => agent.destroy(),
  }
}
