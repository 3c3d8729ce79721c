import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import compress from '@fastify/compress'
import type { FastifyInstance, onSendHookHandler, RouteOptions } from 'fastify'

/** Minimum size of compressed answers, in bytes: smaller ones fit a packet, and compression costs more than it saves. */
const threshold = 1_024

/**
 * Whether an answer contains secrets. The compressed size reveals repeated text: an attacker who can trigger requests with
 * guesses in the answer reads a token letter by letter (BREACH, CVE-2013-3587).
 */
const isSecret = ({ config, url }: RouteOptions): boolean =>
  config?.sealed === true || /\/(auth|keys)\//.test(url)

type SendHook = onSendHookHandler<unknown>

const sendHooksOf = ({ onSend = [] }: RouteOptions): readonly SendHook[] =>
  Array.isArray(onSend) ? onSend : [onSend]

/** Skips a hook for texts below the threshold, which it would not compress. */
const forLarge = (hook: SendHook): SendHook =>
  function (request, reply, payload, done) {
    if (typeof payload === 'string' && Buffer.byteLength(payload) < threshold) done(null, payload)
    else return hook.call(this, request, reply, payload, done)
  }

/**
 * Compresses answers for clients that accept it (`Accept-Encoding`), except those with secrets. Requests are not
 * decompressed, as a small one could expand to a large one. To be registered before the routes.
 */
export const compression = async (app: FastifyInstance): Promise<void> => {
  const before = new WeakMap<RouteOptions, readonly SendHook[]>()
  // Runs before the plugin's own hook, which reads the option set here.
  app.addHook('onRoute', (route) => {
    if (isSecret(route)) route.compress = false
    before.set(route, sendHooksOf(route))
  })
  await app.register(compress, {
    encodings: ['br', 'gzip'],
    threshold,
    globalDecompression: false,
  })
  // Runs after the plugin's hook: the hooks that it has added are skipped for small answers.
  app.addHook('onRoute', (route) => {
    const others = before.get(route) ?? []
    const hooks = sendHooksOf(route)
    if (hooks.length > others.length)
      route.onSend = hooks.map((hook) => (others.includes(hook) ? hook : forLarge(hook)))
  })
}

/** Content encodings of answers. */
export type Encoding = 'br' | 'gzip'

/** Returns the best encoding that an `Accept-Encoding` admits (RFC 9110 §12.5.3); undefined for none. */
export const encodingFor = (accepted: string | undefined): Encoding | undefined => {
  if (accepted === undefined) return undefined
  const weights = new Map<string, number>()
  for (const entry of accepted.toLowerCase().split(',')) {
    const [name = '', ...parameters] = entry.split(';').map((part) => part.trim())
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1'
    weights.set(name, Number(weight) || 0)
  }
  const weightOf = (name: Encoding) => weights.get(name) ?? weights.get('*') ?? 0
  const [br, zipped] = [weightOf('br'), weightOf('gzip')]
  if (br > 0 && br >= zipped) return 'br'
  return zipped > 0 ? 'gzip' : undefined
}

const compressors = {
  br: (body: Buffer) =>
    promisify(brotliCompress)(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
  gzip: (body: Buffer) => promisify(gzip)(body),
}

/**
 * Compresses an answer once for all callers.
 * @returns undefined when it is too small
 */
export const compressed = async (encoding: Encoding, body: Buffer): Promise<Buffer | undefined> =>
  body.length < threshold ? undefined : compressors[encoding](body)
