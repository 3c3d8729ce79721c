import type { IncomingMessage } from 'node:http'
import cors from '@fastify/cors'
import fastify, { LogController, type FastifyInstance } from 'fastify'
import type { SigningKeys } from '../../platform/security/keys/port.ts'
import { allowedMethods } from './allowed-methods.ts'
import { apiDocument, prefix } from './api-document.ts'
import { onArrival } from './arrival.ts'
import { guard } from './callers/auth.ts'
import type { Authenticator } from '../../serving/authenticator.ts'
import { cursors } from '../../serving/cursors.ts'
import { compression } from './protection/compression.ts'
import type { HttpConfig, HttpDependencies, Served } from './dependencies.ts'
import { namedCallers } from './direct-calls.ts'
import { errorHandler, problemHeaders, sendProblem } from './errors.ts'
import { idempotency } from './idempotency.ts'
import { internalCallers, onlyInternalCallers } from './callers/internal-calls.ts'
import { grpcLimits, limits, requestCounter } from './protection/limits.ts'
import { connectionLimits } from './protection/connection-limits.ts'
import { connections, inOriginForm, notHttp, onlyWellFormed } from './protection/not-http.ts'
import { streamedForms } from './multipart.ts'
import { onlyUtf8 } from './protection/only-utf8.ts'
import { docsPages } from './openapi.ts'
import { prefersPage, problemPage, servePages } from './pages.ts'
import { Problem } from '../../serving/problem.ts'
import { routes } from './routes/index.ts'
import { awaitHandlers } from './running-handlers.ts'
import { answerHeaders, securityHeaders } from './protection/security-headers.ts'
import { sharedAnswers } from './response-cache/shared-answers.ts'
import { shedding } from './protection/shedding.ts'
import { shortPath } from './short-path/short-path.ts'
import { accessTokens } from './callers/tokens.ts'
import { buildSerializer } from './serialization.ts'
import { traceRequests } from './trace-requests.ts'
import { validatorCompiler } from './validation.ts'
import { serveWebApp } from './web-app.ts'
import { requestCorrelationId } from '../../platform/observability/tracing/trace-context.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Authenticates callers by access token, for sockets. */
    verifyToken: Authenticator['callerOf']
    /** Reports revoked tokens, for sockets. */
    revocations: Pick<Authenticator, 'problemWith' | 'onChange'> & {
      readonly onKeysRevoked: SigningKeys['onRevoked']
    }
    /** The names of all contexts that have routes. */
    contexts: ReadonlySet<string>
    /** Base URL of the API, as browsers reach it. */
    apiUrl: () => string
  }
}

/** Maximum size of a request's body, in bytes. */
const bodyLimit = 1024 * 1024

/** Maximum length of a path parameter, in characters. */
const maxParamLength = 500

const routerOptions = { ignoreTrailingSlash: true, maxParamLength } as const

const idOf = ({ headers }: Pick<IncomingMessage, 'headers'>): string =>
  requestCorrelationId(headers)

/** Headers of an answer that pages of other origins may read. */
const exposedHeaders = [
  'etag',
  'location',
  'x-correlation-id',
  'retry-after',
  'ratelimit-limit',
  'ratelimit-remaining',
  'ratelimit-reset',
]

/** The headers that `crossOrigin` adds to the answer of a request without an origin. */
const crossOriginHeaders = ({
  corsOrigins,
}: Pick<HttpConfig, 'corsOrigins'>): Readonly<Record<string, string>> => {
  if (corsOrigins.length === 0) return {}
  const always = { 'access-control-expose-headers': exposedHeaders.join(', ') }
  return corsOrigins.includes('*')
    ? { ...always, 'access-control-allow-origin': '*' }
    : { ...always, vary: 'Origin', 'access-control-allow-credentials': 'true' }
}

/** Lets pages of other origins read answers. To be registered before every hook that may reject, so that they can read problems. */
const crossOrigin = async (app: FastifyInstance, { corsOrigins }: HttpConfig): Promise<void> => {
  if (corsOrigins.length === 0) return
  await app.register(cors, {
    origin: corsOrigins.includes('*') ? '*' : [...corsOrigins],
    credentials: !corsOrigins.includes('*'),
    methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders: exposedHeaders,
    maxAge: 600,
    // An OPTIONS request that is not a preflight is answered as well.
    strictPreflight: false,
  })
}

/** Counts and logs every answered request. @returns the same function, for requests outside Fastify */
const observe = (
  app: FastifyInstance,
  { logger, served }: HttpDependencies,
): ((answered: Served & { readonly correlationId: string }) => void) => {
  const observed = ({
    correlationId,
    ...answered
  }: Served & { readonly correlationId: string }): void => {
    served?.(answered)
    // One line per request is a third of the cost of serving it, so it is logged at debug level only.
    if (logger.level === 'debug' || logger.level === 'trace')
      logger.debug({ correlationId, ...answered }, 'A request was answered')
  }
  app.addHook('onResponse', ({ method, routeOptions, id: correlationId }, reply, done) => {
    const { statusCode: status, elapsedTime: duration } = reply
    observed({ method, route: routeOptions.url ?? 'unknown', status, duration, correlationId })
    done()
  })
  return observed
}

/** Returns the URL of the server on this machine, independent of any request. */
const ownUrl = ({ server }: FastifyInstance): string => {
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 80}`
}

/** Interval in which idle connections are closed while the server closes, in ms. */
const sweepEvery = 50

/**
 * Time that requests, and handlers without clients, have once the server begins to close, in ms: longer than the longest
 * wait for a position, and short enough that a stop has time to close everything else.
 */
const graceMs = 6_000

/**
 * Lets a server close once all requests are answered: otherwise idle keep-alive connections would delay it for a minute,
 * and a request that is never completed for ever.
 */
const closing = (app: FastifyInstance): void => {
  let isClosing = false
  app.addHook('preClose', (done) => {
    isClosing = true
    const { server } = app
    if (server.listening) {
      // An answer that was under way when the closing began has promised to keep its connection.
      const sweeping = setInterval(() => server.closeIdleConnections(), sweepEvery)
      const enough = setTimeout(() => server.closeAllConnections(), graceMs)
      server.once('close', () => {
        clearInterval(sweeping)
        clearTimeout(enough)
      })
    }
    done()
  })
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (isClosing) reply.header('connection', 'close')
    done()
  })
}

/**
 * Builds the HTTP edge of Agora: access, limits, validation and idempotency, then the routes of every context.
 * @param deps its dependencies
 */
export const buildServer = async (deps: HttpDependencies): Promise<FastifyInstance> => {
  const { config, logger, keys, receipts } = deps
  const app = fastify({
    loggerInstance: logger,
    // A logger for every request would cost time; log lines name the request's id instead.
    childLoggerFactory: (parent) => parent,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit,
    // The last address that the trusted proxies saw; addresses that a client claims come before it.
    trustProxy: config.trustProxy !== false && ((_address, hop) => hop < Number(config.trustProxy)),
    genReqId: idOf,
    // Called before any hook.
    frameworkErrors: ({ code }, { id }, reply) => {
      reply.headers({ ...securityHeaders(config), 'x-correlation-id': id })
      const detail =
        code === 'FST_ERR_MAX_PARAM_LENGTH'
          ? `A path parameter may have at most ${maxParamLength} characters.`
          : 'The path is not validly encoded; look for a stray % sign.'
      void sendProblem(reply, new Problem(400, 'malformed_request', detail), id)
    },
    clientErrorHandler: notHttp(config),
    http: connections,
    requestTimeout: connectionLimits.uploadTimeout,
    rewriteUrl: ({ url = '' }) => inOriginForm(url),
    routerOptions,
    return503OnClosing: true,
    schemaController: { compilersFactory: { buildSerializer } },
  })
  app.setValidatorCompiler(validatorCompiler)
  app.setErrorHandler(errorHandler(logger))
  const methodsOf = allowedMethods(app)

  app.decorateRequest('span', undefined)
  if (deps.tracer) traceRequests(app, deps.tracer)
  onArrival(app, [internalCallers(app, deps.processes), answerHeaders(config)])
  // Behind a gateway, the gateway sets the headers for other origins.
  if (!deps.processes.internalOnly) await crossOrigin(app, config)
  const shed = shedding(app, config.loadLimits)
  onArrival(app, [
    onlyWellFormed(app),
    onlyUtf8(app),
    shed.step,
    onlyInternalCallers(deps.processes),
  ])
  streamedForms(app)
  const observed = observe(app, deps)
  closing(app)
  awaitHandlers(app, graceMs)
  const tokens = await accessTokens(app, keys, config, deps.clock)
  const authenticator = deps.authenticator({
    tokens,
    executor: deps.executor,
    feed: deps.feed,
    clock: deps.clock,
    ttl: config.accessTokenTtl,
    onError: (error) => logger.warn({ err: error }, 'Reading revocations failed and is retried'),
  })
  app.addHook('onClose', authenticator.close)
  app.decorate('verifyToken', authenticator.callerOf)
  app.decorate('revocations', { ...authenticator, onKeysRevoked: keys.onRevoked })
  guard(app, authenticator, config, namedCallers(deps.processes, authenticator))
  await limits(app, config, deps.counters)
  grpcLimits(app, config, deps.counters)
  await compression(app)
  idempotency(app, receipts, keys.secretFor('receipts'), logger)

  app.setNotFoundHandler(
    config.rateLimit ? { preHandler: app.rateLimit() } : {},
    ({ method, id, url, headers }, reply) => {
      const allow = methodsOf(url.split('?', 1)[0]!)
      const problem =
        allow.length > 0 && !allow.includes(method)
          ? new Problem(
              405,
              'method_not_allowed',
              `This path has no ${method}, only ${allow.join(', ')}; see /docs.`,
              undefined,
              { allow },
            )
          : new Problem(
              404,
              'no_such_route',
              `No route matches this path with ${method}; see /docs.`,
            )
      return method === 'GET' && prefersPage(headers.accept)
        ? problemPage(reply.headers(problemHeaders(problem)), problem.statusCode, problem.message)
        : sendProblem(reply, problem, id)
    },
  )

  const answers = deps.keeping && sharedAnswers({ ...deps.keeping, feed: deps.feed })

  const { passOn } = deps.processes
  if (passOn)
    shortPath(
      app,
      {
        passOn,
        shedding: shed,
        count: requestCounter(config, deps.counters),
        headers: Object.entries({ ...securityHeaders(config), ...crossOriginHeaders(config) }),
        logger,
        observe: observed,
        tracer: deps.tracer,
      },
      { authenticator: authenticator, trustProxy: config.trustProxy, router: routerOptions, idOf },
    )

  const apiUrl = (): string => `${config.publicUrl ?? ownUrl(app)}${prefix}`
  app.decorate('apiUrl', apiUrl)
  app.decorate(
    'contexts',
    routes(
      app,
      prefix,
      {
        ...deps,
        tokens,
        authenticate: authenticator.callerOf,
        cursors: cursors(deps.keys.secretFor('cursors')),
        deciders: deps.modules.flatMap(({ deciders }) => deciders),
        workflows: deps.modules.flatMap(({ workflows }) => workflows),
        declaredOperations: deps.modules.flatMap(({ name: context, routes: declared }) =>
          declared.map(({ operationId, access, sealed = false, tokens: withTokens = false }) => ({
            operationId,
            context,
            access,
            hasSecrets: sealed || withTokens,
          })),
        ),
        apiUrl,
      },
      answers,
    ),
  )
  await docsPages(app, prefix, {
    'openapi.json': () =>
      apiDocument(deps.modules, (name) => passOn !== undefined || deps.processes.isHere(name)),
    ...deps.documents,
  })
  if (deps.webApp) serveWebApp(app, deps.webApp)
  servePages(app, deps.webApp)
  return app
}
