import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'

/** A request that an endpoint took. */
export type Taken = {
  readonly id: string
  readonly body: string
  readonly headers: IncomingHttpHeaders
}

/** The endpoint of a webhook on a free port of this machine. */
export type Endpoint = AsyncDisposable & {
  readonly url: string
  /** Requests that were answered with a success. */
  readonly taken: Taken[]
  /** Number of all requests. */
  readonly asked: () => number
  /** Sets how it answers. Default: 204. */
  readonly answer: (how: Answering) => void
}

/** How an endpoint answers: with a status, or by a function of the test. */
export type Answering = number | ((response: ServerResponse) => void)

/** Starts an endpoint. */
export const startEndpoint = async (): Promise<Endpoint> => {
  const taken: Taken[] = []
  let answering: Answering = 204
  let asked = 0
  const server = createServer((request, response) => {
    void text(request).then(
      (body) => {
        asked += 1
        const { headers } = request
        if (typeof answering === 'function') return answering(response)
        if (answering < 300) taken.push({ id: String(headers['webhook-id']), body, headers })
        response.writeHead(answering).end()
      },
      () => undefined,
    )
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}/hooks`,
    taken,
    asked: () => asked,
    answer: (how) => {
      answering = how
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
