import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import type { FastifyReply } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { httpWorld, type HttpWorld } from '../../../test/support/http.ts'
import { until } from '../../../test/support/until.ts'
import { problemPage } from './pages.ts'

let world: HttpWorld
beforeAll(async () => {
  world = await httpWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

const get = (url: string) => world.app.inject({ method: 'GET', url })

describe('a page', () => {
  test.each(['/', '/verify?token=verify.a.b.c', '/reset?token=reset.a.b.c'])(
    'at %s loads nothing from other servers',
    async (url) => {
      const { statusCode, headers, body } = await get(url)
      expect(statusCode).toBe(200)
      expect(headers).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
      })
      const policy = String(headers['content-security-policy'])
      expect(policy).toContain("default-src 'none'")
      expect(policy).not.toMatch(/unsafe|\*|https?:/)
      expect(body).toContain('width=device-width')
      expect(world.written.join()).not.toContain('a.b.c')
      // The page repeats nothing of the request.
      expect(body).not.toContain('a.b.c')
      const links = [...body.matchAll(/(?:src|href|data-to)="([^"]*)"/g)].map(([, to]) => to!)
      expect(links.length).toBeGreaterThan(1)
      for (const link of links) expect(link).toMatch(/^(\/(?!\/)|data:,$)/)
      for (const part of links.filter((link) => link.startsWith('/pages/')))
        expect((await get(part)).statusCode).toBe(200)
      // No inline scripts or styles, which the policy would block.
      expect(body).not.toMatch(/<script(?![^>]* src=)|<style| style=| on\w+=/)
    },
  )
})

type Listener = (event: { preventDefault: () => void }) => void

/** Runs the pages' script in a simulated browser. */
const opened = (
  search: string,
  answer: (url: string) => Promise<{ ok: boolean; status?: number; json?: () => unknown }>,
) => {
  const asked: { url: string; method: string; body: unknown }[] = []
  const shown: string[] = []
  const button = { disabled: false }
  const said = { textContent: '' }
  let submit: Listener | undefined
  const form = {
    hidden: false,
    dataset: { to: '/api/v1/auth/password/reset', done: 'Done.' },
    querySelector: () => button,
    addEventListener: (_: string, listener: Listener) => (submit = listener),
  }
  runInNewContext(readFileSync(join(import.meta.dirname, 'pages/send-link.js'), 'utf8'), {
    document: {
      querySelector: (one: string) => ({ form, '#said': said })[one] ?? null,
    },
    location: { search, pathname: '/reset' },
    history: { replaceState: (_: unknown, __: string, url: string) => shown.push(url) },
    URLSearchParams,
    FormData: function () {
      return new Map([['password', 'a new long password']])
    },
    fetch: (url: string, { method, body }: { method: string; body: string }) => {
      asked.push({ url, method, body: JSON.parse(body) })
      return answer(url)
    },
  })
  return {
    asked,
    shown,
    form,
    said,
    button,
    submit: async () => {
      submit?.({ preventDefault: () => {} })
      await until(
        async () => said.textContent !== '' && !button.disabled,
        (isSaid) => isSaid,
      )
    },
  }
}

describe('the script of a page', () => {
  const path = '/api/v1/auth/password/reset'

  test('checks the link, then sends its token to the API, and removes it from the address', async () => {
    const page = opened('?token=reset.a.b.c', async () => ({ ok: true }))
    expect(page.shown).toEqual(['/reset'])
    const token = 'reset.a.b.c'
    const check = { url: '/api/v1/auth/links/check', method: 'POST', body: { token } }
    expect(page.asked).toEqual([check])
    await page.submit()
    const body = { token, password: 'a new long password' }
    expect(page.asked).toEqual([check, { url: path, method: 'POST', body }])
    expect(page).toMatchObject({ form: { hidden: true }, said: { textContent: 'Done.' } })
  })

  test('shows the problem, and lets the user try again', async () => {
    const detail = 'This link is too old, or was used before; ask for another one.'
    const page = opened('?token=old', async (url) => ({
      ok: url.endsWith('/check'),
      json: () => ({ detail }),
    }))
    await page.submit()
    expect(page.said.textContent).toBe(detail)
    expect([page.form.hidden, page.button.disabled]).toEqual([false, false])
  })

  test('asks nothing for a link that is invalid', async () => {
    const detail = 'This link is too old, or was used before; ask for another one.'
    const page = opened('?token=old', async () => ({
      ok: false,
      status: 409,
      json: () => ({ detail }),
    }))
    await expect.poll(() => page.said.textContent).toBe(detail)
    expect(page.form.hidden).toBe(true)
  })

  test('reports an unreachable API, and an incomplete link', async () => {
    const away = opened('?token=good', () => Promise.reject(new TypeError('fetch failed')))
    await away.submit()
    expect(away.said.textContent).toContain('cannot be reached')
    const cut = opened('', async () => ({ ok: true }))
    expect(cut.said.textContent).toContain('not complete')
    expect(cut.form.hidden).toBe(true)
  })
})

test('the forms send valid requests', async () => {
  const to = async (url: string) =>
    /data-to="\/api\/v1([^"]+)"/.exec((await get(url)).body)?.[1] ?? ''
  const replies = await Promise.all([
    world.anyone('POST', await to('/verify'), { token: 'verify.a.b.c' }),
    world.anyone('POST', await to('/reset'), {
      token: 'reset.a.b.c',
      password: 'a new long password',
    }),
  ])
  for (const { status, body } of replies) {
    expect(status).toBe(400)
    expect(body.detail).toContain('take the whole link from the mail')
  }
})

test('an unknown address is a page for browsers, and a problem for programs', async () => {
  const at = (accept: string) =>
    world.app.inject({ method: 'GET', url: '/nowhere', headers: { accept } })
  const page = await at('text/html,application/xhtml+xml,*/*;q=0.8')
  expect([page.statusCode, page.headers['content-type']]).toEqual([404, 'text/html; charset=utf-8'])
  expect(page.body).toContain('No route matches this path')
  for (const accept of ['*/*', 'application/json', 'application/json, text/html'])
    expect((await at(accept)).headers['content-type']).toMatch('application/problem+json')
})

test('documents are served beside OpenAPI', async () => {
  await using other = await httpWorld({ documents: { 'events.json': () => ({ events: {} }) } })
  for (const prefix of ['', '/api/v1']) {
    const { statusCode, body } = await other.app.inject(`${prefix}/docs/events.json`)
    expect([statusCode, body]).toEqual([200, '{"events":{}}'])
  }
})

test('routes for browsers answer problems as pages, and as JSON to programs', async () => {
  const url = '/api/v1/auth/oauth/%3Cb%3Enobody/callback?state=x'
  const headers = { accept: 'text/html,application/xhtml+xml' }
  const page = await world.app.inject({ method: 'GET', url, headers })
  expect([page.statusCode, page.headers['content-type']]).toEqual([404, 'text/html; charset=utf-8'])
  expect(String(page.headers['content-security-policy'])).toContain("default-src 'none'")
  const words = 'provider of identities'
  expect(page.body).toContain(words)
  const program = await world.app.inject({ method: 'GET', url })
  expect(program.headers['content-type']).toContain('application/problem+json')
  expect(program.json().detail).toContain(words)
  const elsewhere = await world.app.inject({ method: 'GET', url: '/api/v1/orders', headers })
  expect(elsewhere.headers['content-type']).toContain('application/problem+json')
})

test('the detail of a problem is escaped on its page', () => {
  let sent = ''
  const reply = {
    status: () => reply,
    header: () => reply,
    type: () => reply,
    send: (page: string) => {
      sent = page
      return reply
    },
  } as unknown as FastifyReply
  problemPage(reply, 400, `<script>"$&"</script> & 'so'`)
  expect(sent).toContain('&lt;script&gt;&quot;$&amp;&quot;&lt;/script&gt; &amp; &#39;so&#39;')
})
