import { createServer } from 'node:http'
import { once } from 'node:events'
import { buffer } from 'node:stream/consumers'
import { decodedSpans, type ReceivedSpan as Span } from './otlp.ts'

/** A span as it arrives by OTLP over HTTP. */
export type ReceivedSpan = Span & {
  /** `service.name` of the process. */
  readonly service: string
}

/** A trace store that receives OTLP over HTTP in protobuf. */
export const traceStore = async () => {
  const spans: ReceivedSpan[] = []
  const server = createServer((request, response) => {
    if (request.headers['content-type'] !== 'application/x-protobuf') {
      response.writeHead(415).end()
      return
    }
    void buffer(request).then((body) => {
      for (const { resource, spans: received } of decodedSpans(body)) {
        const named = resource['service.name']
        const service = named && 'stringValue' in named ? named.stringValue : ''
        spans.push(...received.map((span) => ({ ...span, service })))
      }
      response.setHeader('content-type', 'application/x-protobuf').end()
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    of: (traceId: string) => spans.filter((span) => span.traceId === traceId),
    all: () => spans,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}
