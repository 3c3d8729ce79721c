import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance, FastifyReply } from 'fastify'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Browsers are sent here by others: who asks for HTML is told of problems on a page. */
    visited?: boolean
  }
}

const read = (name: string): string =>
  readFileSync(join(import.meta.dirname, 'pages', name), 'utf8')

const problem = read('problem.html')

/** Everything comes from the same server, nothing is in line, and nothing may frame it. */
const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const html = (reply: FastifyReply, page: string): FastifyReply =>
  reply
    .header('content-security-policy', contentSecurityPolicy)
    .type('text/html; charset=utf-8')
    .send(page)

/** The pages, by where they are. */
const pages = { '/': 'home.html', '/verify': 'verify.html', '/reset': 'reset.html' }

/** What they need, by its type. */
const parts = { 'page.css': 'text/css', 'send-link.js': 'text/javascript' }

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/**
 * A problem in words, for somebody who looks at it in a browser.
 * @param detail what it is and what to do
 */
export const problemPage = (reply: FastifyReply, status: number, detail: string): FastifyReply => {
  const escaped = detail.replaceAll(/[&<>"']/g, (one) => entities[one]!)
  return html(
    reply.status(status),
    problem.replace('{detail}', () => escaped),
  )
}

/**
 * Serves the few pages that people need before there is a front end: where links in mails lead, and where a sign-in
 * elsewhere comes back to. They know nothing themselves; a script sends the link's token on to the API.
 */
export const servePages = (app: FastifyInstance): void => {
  const route = { config: { access: 'public' as const } }
  for (const [url, file] of Object.entries(pages)) {
    const page = read(file)
    app.get(url, route, (_request, reply) => html(reply, page))
  }
  for (const [file, type] of Object.entries(parts)) {
    const part = read(file)
    app.get(`/pages/${file}`, route, (_request, reply) =>
      reply
        .header('cache-control', 'public, max-age=3600')
        .type(`${type}; charset=utf-8`)
        .send(part),
    )
  }
}
