import { networkInterfaces } from 'node:os'
import { expect, test } from 'vitest'
import { urlsOf } from './addresses.ts'

const outside = Object.values(networkInterfaces())
  .flatMap((found) => found ?? [])
  .filter(({ internal, family }) => !internal && family === 'IPv4')

test('a process is reached by the address that it listens on', () => {
  const served = { host: '127.0.0.1', url: 'http://127.0.0.1:3000', advertisedUrl: undefined }
  expect(urlsOf(served)).toEqual(['http://127.0.0.1:3000'])
})

test('a process that listens on all addresses has no loopback or wildcard URL', () => {
  // The URL that Fastify reports for 0.0.0.0.
  const served = { host: '0.0.0.0', url: 'http://127.0.0.1:3000', advertisedUrl: undefined }
  const urls = urlsOf(served)
  expect(urls.length).toBeGreaterThan(0)
  for (const url of [...urls, ...urlsOf({ ...served, host: '::', url: 'http://[::]:3000' })]) {
    expect(url).toMatch(/:3000$/)
    expect(url).not.toMatch(/127\.0\.0\.1|0\.0\.0\.0|\[::1?\]/)
  }
  expect(urls).toEqual(
    expect.arrayContaining(outside.map(({ address }) => `http://${address}:3000`)),
  )
})

test('the advertised URL comes first, and its own addresses follow', () => {
  const served = { host: '127.0.0.1', url: 'http://127.0.0.1:3000' }
  expect(urlsOf({ ...served, advertisedUrl: 'http://Api.example:80' })).toEqual([
    'http://api.example',
    'http://127.0.0.1:3000',
  ])
  expect(urlsOf({ ...served, advertisedUrl: 'http://127.0.0.1:3000' })).toEqual([
    'http://127.0.0.1:3000',
  ])
})
