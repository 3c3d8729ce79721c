import compress from '@fastify/compress'
import type { FastifyInstance, RouteOptions } from 'fastify'

/** What is smaller costs more to press than it saves, in bytes: it fits a packet as it is. */
const threshold = 1_024

/**
 * Whether an answer has secrets in it. How well a text is pressed tells what else is in it: who can make somebody ask
 * again and again, with guesses that are answered as well, reads a token letter by letter (BREACH, CVE-2013-3587).
 */
const isSecret = ({ config, url }: RouteOptions): boolean =>
  config?.sealed === true || /\/(auth|keys)\//.test(url)

/**
 * Presses answers for who can unpack them (`Accept-Encoding`), but never those with secrets in them. What is sent to us
 * is taken as it is: a small request must not become a large one here. To be registered before the routes.
 */
export const compression = async (app: FastifyInstance): Promise<void> => {
  // Before the plugin's own hook, which acts on what is set here.
  app.addHook('onRoute', (route) => {
    if (isSecret(route)) route.compress = false
  })
  await app.register(compress, {
    encodings: ['br', 'gzip'],
    threshold,
    globalDecompression: false,
  })
}
