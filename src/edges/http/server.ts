import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import cors from '@fastify/cors'
import fastify, { LogController, type FastifyInstance } from 'fastify'
import type { SigningKeys } from '../../platform/security/keys/port.ts'
import { apiDocument, prefix } from './api-document.ts'
import { onArrival } from './arrival.ts'
import { guard } from './callers/auth.ts'
import type { Authenticator } from '../../serving/authenticator.ts'
import { cursors } from '../../serving/cursors.ts'
import { compression } from './protection/compression.ts'
import type { HttpConfig, HttpDependencies, Served } from './dependencies.ts'
import { namedCallers } from './direct-calls.ts'
import { errorHandler, sendProblem } from './errors.ts'
import { idempotency } from './idempotency.ts'
import { internalCallers, onlyInternalCallers } from './callers/internal-calls.ts'
import { limits, requestCounter } from './protection/limits.ts'
import {
  connectionLimits,
  connections,
  inOriginForm,
  notHttp,
  onlyWellFormed,
} from './protection/not-http.ts'
import { onlyUtf8 } from './protection/only-utf8.ts'
import { docsPages } from './openapi.ts'
import { servePages } from './pages.ts'
import { Problem } from '../../serving/problem.ts'
import { routes } from './routes/index.ts'
import { awaitHandlers } from './running-handlers.ts'
import { answerHeaders, securityHeaders } from './protection/security-headers.ts'
import { sharedAnswers } from './response-cache/shared-answers.ts'
import { shedding } from './protection/shedding.ts'
import { shortPath } from './short-path/short-path.ts'
import { accessTokens } from './callers/tokens.ts'
import { buildSerializer } from './serialization.ts'
import { validatorCompiler } from './validation.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Knows the people who signed in here by their tokens; for sockets. */
    verifyToken: Authenticator['callerOf']
    /** Whose tokens are good no longer; for sockets. */
    revocations: Pick<Authenticator, 'problemWith' | 'onChange'> & {
      readonly onKeysRevoked: SigningKeys['onRevoked']
    }
    /** The names of all contexts that have routes. */
    contexts: ReadonlySet<string>
  }
}

/** The most that a request may weigh, in bytes. */
const bodyLimit = 1024 * 1024

/** The most that a part of a path may have, in characters. */
const maxParamLength = 500

const routerOptions = { ignoreTrailingSlash: true, maxParamLength } as const

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** The id of everything that a request sets off: the one that it brings along, if that is a UUID. */
const idOf = ({ headers: { 'x-correlation-id': id } }: Pick<IncomingMessage, 'headers'>): string =>
  typeof id === 'string' && uuid.test(id) ? id.toLowerCase() : randomUUID()

/** The headers of other origins that an answer may be read by. */
const exposed = [
  'etag',
  'location',
  'x-correlation-id',
  'retry-after',
  'ratelimit-limit',
  'ratelimit-remaining',
  'ratelimit-reset',
]

/** What `crossOrigin` adds to the answer of a request that names no origin. */
const crossOriginHeaders = ({
  corsOrigins,
}: Pick<HttpConfig, 'corsOrigins'>): Readonly<Record<string, string>> => {
  if (corsOrigins.length === 0) return {}
  const always = { 'access-control-expose-headers': exposed.join(', ') }
  return corsOrigins.includes('*')
    ? { ...always, 'access-control-allow-origin': '*' }
    : { ...always, vary: 'Origin', 'access-control-allow-credentials': 'true' }
}

/** Lets pages of other origins read answers. To be registered before whatever may refuse: they read that as well. */
const crossOrigin = async (app: FastifyInstance, { corsOrigins }: HttpConfig): Promise<void> => {
  if (corsOrigins.length === 0) return
  await app.register(cors, {
    origin: corsOrigins.includes('*') ? '*' : [...corsOrigins],
    credentials: !corsOrigins.includes('*'),
    methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders: exposed,
    maxAge: 600,
    // An OPTIONS that is no preflight is told what may be done as well.
    strictPreflight: false,
  })
}

/** Counts and logs every request that was answered. @returns the same for those that do not come through Fastify */
const observe = (
  app: FastifyInstance,
  { logger, served }: HttpDependencies,
): ((answered: Served & { readonly correlationId: string }) => void) => {
  const observed = ({
    correlationId,
    ...answered
  }: Served & { readonly correlationId: string }): void => {
    served?.(answered)
    // One line a request is a third of the cost of serving it; who needs them asks for them.
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

/** Where the server listens on this machine; never what a request says. */
const ownUrl = ({ server }: FastifyInstance): string => {
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 80}`
}

/** How often connections that wait for nothing are closed while the server closes, in ms. */
const sweep = 50

/**
 * How long requests, and handlers whose clients have gone, may take from when the server begins to close, in ms: longer
 * than any read waits for its position, and short enough to leave a stop time to close everything else.
 */
const grace = 6_000

/**
 * Lets a server close as soon as everybody has their answer: connections that are kept open for later requests would
 * hold it for a minute otherwise, and who never finishes a request for good.
 */
const closing = (app: FastifyInstance): void => {
  let isClosing = false
  app.addHook('preClose', (done) => {
    isClosing = true
    const { server } = app
    if (server.listening) {
      // An answer that was on its way when the closing began has promised to keep its connection.
      const sweeping = setInterval(() => server.closeIdleConnections(), sweep)
      const enough = setTimeout(() => server.closeAllConnections(), grace)
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
 * The HTTP side of Agora: who may, is it well-formed, has it been asked before; then the routes of every context.
 * @param deps everything it talks to
 */
export const buildServer = async (deps: HttpDependencies): Promise<FastifyInstance> => {
  const { config, logger, keys, receipts } = deps
  const app = fastify({
    loggerInstance: logger,
    // A logger of its own for every request is not free; what is logged names the request instead.
    childLoggerFactory: (parent) => parent,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit,
    // The last address that our own proxies saw; what a client says it was forwarded for stands before it.
    trustProxy: config.trustProxy !== false && ((_address, hop) => hop < Number(config.trustProxy)),
    genReqId: idOf,
    // Before any hook.
    frameworkErrors: ({ code }, { id }, reply) => {
      reply.headers({ ...securityHeaders(config), 'x-correlation-id': id })
      const detail =
        code === 'FST_ERR_MAX_PARAM_LENGTH'
          ? `No part of a path has more than ${maxParamLength} characters.`
          : 'The path cannot be read; look for a stray % sign.'
      void sendProblem(reply, new Problem(400, 'malformed_request', detail), id)
    },
    clientErrorHandler: notHttp(config),
    http: connections,
    requestTimeout: connectionLimits.requestTimeout,
    rewriteUrl: ({ url = '' }) => inOriginForm(url),
    routerOptions,
    return503OnClosing: true,
    schemaController: { compilersFactory: { buildSerializer } },
  })
  app.setValidatorCompiler(validatorCompiler)
  app.setErrorHandler(errorHandler(logger))

  onArrival(app, [internalCallers(app, deps.processes), answerHeaders(config)])
  // Behind the gateway, it is the gateway who says who may read.
  if (!deps.processes.internalOnly) await crossOrigin(app, config)
  const shed = shedding(app, config.bearable)
  onArrival(app, [
    onlyWellFormed(app),
    onlyUtf8(app),
    shed.step,
    onlyInternalCallers(deps.processes),
  ])
  const observed = observe(app, deps)
  closing(app)
  awaitHandlers(app, grace)
  const tokens = await accessTokens(app, keys, config, deps.clock)
  const known = deps.authenticator({
    tokens,
    executor: deps.executor,
    feed: deps.feed,
    clock: deps.clock,
    ttl: config.accessTokenTtl,
    onError: (error) => logger.warn({ err: error }, 'Revocations are followed again'),
  })
  app.addHook('onClose', known.close)
  app.decorate('verifyToken', known.callerOf)
  app.decorate('revocations', { ...known, onKeysRevoked: keys.onRevoked })
  guard(app, known, config, namedCallers(deps.processes, known))
  await limits(app, config, deps.counters)
  await compression(app)
  idempotency(app, receipts, keys.secretFor('receipts'), logger)

  app.setNotFoundHandler(
    config.rateLimit ? { preHandler: app.rateLimit() } : {},
    ({ method, id }, reply) =>
      sendProblem(
        reply,
        new Problem(404, 'no_such_route', `Nothing answers to ${method} here; see /docs.`),
        id,
      ),
  )

  const answers =
    deps.keeping &&
    sharedAnswers({
      ...deps.keeping,
      feed: deps.feed,
      onError: (error) => logger.warn({ err: error }, 'What is kept is looked after again'),
    })
  if (answers) app.addHook('onClose', answers.close)

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
      },
      { authenticator: known, trustProxy: config.trustProxy, router: routerOptions, idOf },
    )

  app.decorate(
    'contexts',
    routes(
      app,
      prefix,
      {
        ...deps,
        tokens,
        authenticate: known.callerOf,
        cursors: cursors(deps.keys.secretFor('cursors')),
        deciders: deps.modules.flatMap(({ deciders }) => deciders),
        apiUrl: () => `${config.publicUrl ?? ownUrl(app)}${prefix}`,
      },
      answers,
    ),
  )
  await docsPages(app, prefix, () =>
    apiDocument(deps.modules, (name) => passOn !== undefined || deps.processes.isHere(name)),
  )
  servePages(app)
  return app
}
