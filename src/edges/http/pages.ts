import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { WebApp } from './web-app.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether browsers navigate to this route: requests that accept HTML get problems as pages. */
    visited?: boolean
  }
}

const read = (name: string): string =>
  readFileSync(join(import.meta.dirname, 'pages', name), 'utf8')

const problem = read('problem.html')

/** Everything comes from the same server, without inline scripts and styles, and no page may frame it. */
const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const html = (reply: FastifyReply, page: string): FastifyReply =>
  reply
    .header('content-security-policy', contentSecurityPolicy)
    .type('text/html; charset=utf-8')
    .send(page)

/** The pages, by path. */
const pages = {
  '/': 'home.html',
  '/verify': 'verify.html',
  '/reset': 'reset.html',
  '/unsubscribe': 'unsubscribe.html',
}

/** Scripts and styles of the pages, with their content types. */
const assets = {
  'page.css': 'text/css',
  'home.js': 'text/javascript',
  'send-link.js': 'text/javascript',
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/**
 * Sends a problem as a page, for browsers.
 * @param detail the cause, and how to proceed
 */
export const problemPage = (reply: FastifyReply, status: number, detail: string): FastifyReply => {
  const escaped = detail.replaceAll(/[&<>"']/g, (one) => entities[one]!)
  return html(
    reply.status(status),
    problem.replace('{detail}', () => escaped),
  )
}

/** Whether a client prefers a page to JSON, as browsers do that navigate to an address. */
export const prefersPage = (accept: string | undefined): boolean => {
  const types = accept?.split(',').map((type) => type.trim()) ?? []
  return types.some((type) => type.startsWith('text/html')) && !types.includes('application/json')
}

/**
 * Serves the few pages that users need without a front end: the targets of links in mails, and of sign-ins with other
 * providers. The pages have no state; a script sends the link's token to the API.
 * @param webApp the front end, whose pages come first
 */
export const servePages = (app: FastifyInstance, webApp?: Pick<WebApp, 'pages'>): void => {
  const route = { config: { access: 'public' as const } }
  for (const [url, file] of Object.entries(pages)) {
    if (webApp?.pages.some(({ path }) => path === url)) continue
    const page = read(file)
    app.get(url, route, (_request, reply) => html(reply, page))
  }
  for (const [file, type] of Object.entries(assets)) {
    const asset = read(file)
    app.get(`/pages/${file}`, route, (_request, reply) =>
      reply
        .header('cache-control', 'public, max-age=3600')
        .type(`${type}; charset=utf-8`)
        .send(asset),
    )
  }
}
