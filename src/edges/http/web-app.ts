import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { firstUse } from '#kernel'
import { encodingFor, type Encoding } from './protection/compression.ts'

/** Everything comes from the same server, without inline scripts, and no page may frame it. Scripts cannot make others of texts (Trusted Types). */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ')

/** Pages of the built front end, with what browsers load with each. */
const pagesSchema = firstUse(() =>
  Compile(Type.Array(Type.Object({ path: Type.String(), preload: Type.Array(Type.String()) }))),
)

/** The front end as `npm run build:web` leaves it. */
export type WebApp = {
  /** Folder of the built files. */
  readonly folder: string
  /** Addresses that are answered with `index.html`, as the server's router writes them. */
  readonly pages: readonly { readonly path: string; readonly preload: readonly string[] }[]
}

/** Reads what a folder has of a built front end. @returns undefined without one, as after `npm ci --omit=dev` */
export const builtWebApp = async (folder: string): Promise<WebApp | undefined> => {
  const file = join(folder, 'pages.json')
  if (!existsSync(file)) return undefined
  return { folder, pages: pagesSchema().Parse(JSON.parse(await readFile(file, 'utf8'))) }
}

/** Content types of the files of a front end, by ending. */
const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
}

/** Endings of compressed copies. */
const endings: Readonly<Record<Encoding, string>> = { br: '.br', gzip: '.gz' }

/** A file, and its compressed copies by encoding. All are in memory, some 3 MB, so that slow readers share them. */
type Variants = { readonly plain: Buffer } & Partial<Readonly<Record<Encoding, Buffer>>>

/** Answers a request with a file, in the best of the encodings that there are of it. */
const sendFile = (
  { headers }: FastifyRequest,
  reply: FastifyReply,
  file: string,
  variants: Variants,
): FastifyReply => {
  const accepted = encodingFor(headers['accept-encoding'])
  const compressed = accepted === undefined ? undefined : variants[accepted]
  reply.headers({
    'content-type': contentTypes[extname(file)],
    vary: 'Accept-Encoding',
    ...(compressed && { 'content-encoding': accepted }),
  })
  return reply.send(compressed ?? variants.plain)
}

/** Returns the `Link` header that makes a browser request what a page shows while it loads its scripts (HTML, preload). */
const preloadLinks = (addresses: readonly string[]): string =>
  addresses.map((address) => `<${address}>; rel=preload; as=fetch; crossorigin`).join(', ')

/**
 * Serves the front end: its pages at their addresses, which are never cached, and its other files, whose names change with
 * their content.
 */
export const serveWebApp = (app: FastifyInstance, { folder, pages }: WebApp): void => {
  const files = new Set(
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) =>
      file.replaceAll('\\', '/'),
    ),
  )
  // Hundreds of files, once, before the process serves: through the thread pool they would take ten times as long.
  const readIf = (file: string): Buffer | undefined =>
    files.has(file) ? readFileSync(join(folder, file)) : undefined
  const variantsOf = (file: string): Variants => {
    const [br, gzip] = [readIf(file + endings.br), readIf(file + endings.gzip)]
    return { plain: readFileSync(join(folder, file)), ...(br && { br }), ...(gzip && { gzip }) }
  }
  // Compressed already; a page has more files than a limit of requests admits.
  const options = {
    compress: false,
    config: { access: 'public' as const, rateLimit: false as const, visited: true },
  } as const

  const index = variantsOf('index.html')
  for (const { path, preload } of pages) {
    const links = preloadLinks(preload)
    app.get(path, options, (request, reply) => {
      reply.headers({
        'cache-control': 'no-store',
        'content-security-policy': contentSecurityPolicy,
        ...(links !== '' && { link: links }),
      })
      return sendFile(request, reply, 'index.html', index)
    })
  }
  // One route for all of them: to register one of each took a start nearly as long as all routes of the API.
  const assets = new Map<string, Variants>()
  for (const file of files) {
    if (file === 'index.html' || !(extname(file) in contentTypes)) continue
    const variants = variantsOf(file)
    if (file.startsWith('assets/')) {
      assets.set(file, variants)
      continue
    }
    app.get(`/${file}`, options, (request, reply) => {
      reply.header('cache-control', 'public, max-age=3600')
      return sendFile(request, reply, file, variants)
    })
  }
  app.get<{ Params: { '*': string } }>('/assets/*', options, (request, reply) => {
    const file = `assets/${request.params['*']}`
    const variants = assets.get(file)
    if (!variants) return reply.callNotFound()
    reply.header('cache-control', 'public, max-age=31536000, immutable')
    return sendFile(request, reply, file, variants)
  })
}
