import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import compress from '@fastify/compress'
import type { FastifyInstance, onSendHookHandler, RouteOptions } from 'fastify'

/** What is smaller costs more to press than it saves, in bytes: it fits a packet as it is. */
const threshold = 1_024

/**
 * Whether an answer has secrets in it. How well a text is pressed tells what else is in it: who can make somebody ask
 * again and again, with guesses that are answered as well, reads a token letter by letter (BREACH, CVE-2013-3587).
 */
const isSecret = ({ config, url }: RouteOptions): boolean =>
  config?.sealed === true || /\/(auth|keys)\//.test(url)

type SendHook = onSendHookHandler<unknown>

const sendHooksOf = ({ onSend = [] }: RouteOptions): readonly SendHook[] =>
  Array.isArray(onSend) ? onSend : [onSend]

/** A hook that is passed over for texts below the threshold, which it would leave as they are. */
const forLarge = (hook: SendHook): SendHook =>
  function (request, reply, payload, done) {
    if (typeof payload === 'string' && Buffer.byteLength(payload) < threshold) done(null, payload)
    else return hook.call(this, request, reply, payload, done)
  }

/**
 * Presses answers for who can unpack them (`Accept-Encoding`), but never those with secrets in them. What is sent to us
 * is taken as it is: a small request must not become a large one here. To be registered before the routes.
 */
export const compression = async (app: FastifyInstance): Promise<void> => {
  const before = new WeakMap<RouteOptions, readonly SendHook[]>()
  // Before the plugin's own hook, which acts on what is set here.
  app.addHook('onRoute', (route) => {
    if (isSecret(route)) route.compress = false
    before.set(route, sendHooksOf(route))
  })
  await app.register(compress, {
    encodings: ['br', 'gzip'],
    threshold,
    globalDecompression: false,
  })
  // Behind it: what it has added is asked about large answers only.
  app.addHook('onRoute', (route) => {
    const others = before.get(route) ?? []
    const hooks = sendHooksOf(route)
    if (hooks.length > others.length)
      route.onSend = hooks.map((hook) => (others.includes(hook) ? hook : forLarge(hook)))
  })
}

/** How an answer may be pressed. */
export type Encoding = 'br' | 'gzip'

/** The best way to press for whoever sent this `Accept-Encoding` (RFC 9110 §12.5.3); none, when they want it as it is. */
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

const presses = {
  br: (body: Buffer) =>
    promisify(brotliCompress)(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
  gzip: (body: Buffer) => promisify(gzip)(body),
}

/**
 * Presses an answer once for all who are given it.
 * @returns undefined when it is too small for that
 */
export const pressed = async (encoding: Encoding, body: Buffer): Promise<Buffer | undefined> =>
  body.length < threshold ? undefined : presses[encoding](body)
