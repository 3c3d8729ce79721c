import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { httpWorld, type HttpWorld } from '../../../test/support/http.ts'
import { builtWebApp } from './web-app.ts'

const index = `<!doctype html><title>Agora</title><script type="module" src="/assets/main-1.js"></script>`
const script = `export const text = '${'a'.repeat(2_000)}'`

let folder: string
let world: HttpWorld

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agora-web-'))
  await mkdir(join(folder, 'assets'))
  const pages = [
    { path: '/', preload: ['/api/v1/products?limit=24'] },
    { path: '/orders/:id', preload: [] },
  ]
  const files = {
    'index.html': index,
    'icon.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
    'assets/main-1.js': script,
    'pages.json': JSON.stringify(pages),
  }
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(folder, name), text)
    await writeFile(join(folder, `${name}.br`), brotliCompressSync(text))
    await writeFile(join(folder, `${name}.gz`), gzipSync(text))
  }
  world = await httpWorld({
    contexts: ['catalog'],
    webApp: await builtWebApp(folder),
    config: { rateLimit: { perUser: 20, perIp: 20 } },
  })
})
afterAll(async () => {
  await world[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

const get = (url: string, headers: Record<string, string> = {}) =>
  world.app.inject({ method: 'GET', url, headers: { accept: 'text/html', ...headers } })

describe('a page of the front end', () => {
  test.each(['/', '/orders/7', '/orders/7?from=mail'])(
    'is answered at %s, and never cached',
    async (url) => {
      const { statusCode, headers, body } = await get(url)
      expect([statusCode, body]).toEqual([200, index])
      expect(headers).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
      })
      const policy = String(headers['content-security-policy'])
      expect(policy).toContain("default-src 'none'")
      expect(policy).toContain("require-trusted-types-for 'script'")
      expect(policy).not.toMatch(/unsafe|\*|https?:/)
    },
  )

  test('comes compressed as the browser likes best', async () => {
    const br = await get('/', { 'accept-encoding': 'gzip, br' })
    expect(br.headers).toMatchObject({ 'content-encoding': 'br', vary: 'Accept-Encoding' })
    expect(brotliDecompressSync(br.rawPayload).toString()).toBe(index)
    const zipped = await get('/', { 'accept-encoding': 'gzip' })
    expect(gunzipSync(zipped.rawPayload).toString()).toBe(index)
  })

  test('has browsers load its first answers at once', async () => {
    expect((await get('/')).headers.link).toBe(
      '</api/v1/products?limit=24>; rel=preload; as=fetch; crossorigin',
    )
    expect((await get('/orders/7')).headers.link).toBeUndefined()
  })

  test('at an unknown address is a 404 page', async () => {
    const { statusCode, headers } = await get('/nowhere')
    expect([statusCode, headers['content-type']]).toEqual([404, 'text/html; charset=utf-8'])
  })

  test('leaves the plain pages that it does not have', async () => {
    expect((await get('/verify?token=a')).body).toContain('<form')
  })
})

describe('a file of the front end', () => {
  test('with a hash in its name is cached for ever, and sent as it was compressed', async () => {
    const { statusCode, headers, rawPayload } = await get('/assets/main-1.js', {
      'accept-encoding': 'gzip, deflate, br',
    })
    expect(statusCode).toBe(200)
    expect(headers).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-encoding': 'br',
      'content-type': expect.stringContaining('javascript'),
    })
    expect(brotliDecompressSync(rawPayload).toString()).toBe(script)
    expect((await get('/assets/main-1.js')).body).toBe(script)
  })

  test('without one is cached for an hour', async () => {
    const { headers } = await get('/icon.svg')
    expect(headers['cache-control']).toBe('public, max-age=3600')
  })

  test.each([
    '/pages.json',
    '/index.html',
    '/assets/main-1.js.br',
    '/assets/..%2fpages.json',
    '/assets/constructor',
    '/assets/',
  ])('that is no file for browsers is not found: %s', async (url) => {
    expect((await get(url)).statusCode).toBe(404)
  })

  test('has its headers for HEAD, and no other methods', async () => {
    const of = (method: 'HEAD' | 'POST') => world.app.inject({ method, url: '/assets/main-1.js' })
    const head = await of('HEAD')
    expect([head.statusCode, head.body]).toEqual([200, ''])
    const post = await of('POST')
    expect([post.statusCode, post.headers.allow]).toEqual([405, 'GET, HEAD'])
  })

  test('counts for no rate limit, as a page has many', async () => {
    for (let nth = 0; nth < 30; nth += 1)
      expect((await get('/assets/main-1.js')).statusCode).toBe(200)
  })
})

test('a folder without a built front end has none', async () => {
  expect(await builtWebApp(join(folder, 'assets'))).toBeUndefined()
})
