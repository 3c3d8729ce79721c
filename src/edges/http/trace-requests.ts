import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { operations } from '../../platform/observability/tracing/operations.ts'
import type { Span, Trace, Tracer } from '../../platform/observability/tracing/port.ts'
import { traceContextOf } from '../../platform/observability/tracing/trace-context.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Span of the request; undefined when it is not traced. */
    span: Span | undefined
  }
}

/** A request that was answered with 5xx. */
class ServerError extends Error {
  override name = 'ServerError'
}

const operationOf = operations((route, method) => ({
  name: `${method} ${route}`,
  kind: 'server',
  attributes: { 'http.request.method': method, 'http.route': route },
}))

/** Begins the span of a request, under that of its client. @param route the pattern of its path */
export const beginRequest = (
  tracer: Tracer,
  trace: Trace,
  {
    method,
    route,
    headers,
  }: {
    readonly method: string
    readonly route: string
    readonly headers: IncomingHttpHeaders
  },
): Span => {
  const client = traceContextOf(headers.traceparent)
  return tracer.begin(trace, {
    operation: operationOf(route, method),
    // A client that names another correlation id has left its trace.
    parent: client?.correlationId === trace.correlationId ? client.parent : undefined,
  })
}

/** Ends the span of a request. @param status of its answer; undefined when its client has disconnected before */
export const endRequest = (span: Span, status: number | undefined): void => {
  if (status === undefined) span.end()
  else
    span.end({
      attributes: { 'http.response.status_code': status },
      error: status >= 500 ? new ServerError() : undefined,
    })
}

/**
 * Traces every request that Fastify answers; commands take its span from their origin. To be called before all other hooks.
 */
export const traceRequests = (app: FastifyInstance, tracer: Tracer): void => {
  app.addHook('onRequest', (request, _reply, done) => {
    const trace = tracer.sampled(request.id)
    if (trace) {
      const { method, routeOptions, headers } = request
      const route = routeOptions.url ?? 'unknown'
      request.span = beginRequest(tracer, trace, { method, route, headers })
    }
    done()
  })
  app.addHook('onResponse', ({ span }, { statusCode }, done) => {
    if (span) endRequest(span, statusCode)
    done()
  })
}
