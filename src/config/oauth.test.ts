import { expect, test } from 'vitest'
import { oauthProvidersOf } from './oauth.ts'

const acme = { issuer: 'https://acme.example/realms/one', clientId: 'agora', clientSecret: 'pssst' }

test('providers are parsed by name; the secret is optional, and HTTP is allowed on loopback', () => {
  const here = { issuer: 'http://127.0.0.1:8080', clientId: 'agora' }
  expect(oauthProvidersOf(JSON.stringify({ acme, 'here-2': here }))).toEqual([
    { name: 'acme', ...acme },
    { name: 'here-2', ...here },
  ])
  expect(oauthProvidersOf('{}')).toEqual([])
})

test.for([
  ['pssst', 'is not JSON'],
  ['[]', 'must be an object of providers'],
  [JSON.stringify({ 'No Name': acme }), ''],
  [
    JSON.stringify({ acme: { ...acme, clientId: undefined } }),
    'acme must have required properties',
  ],
  [JSON.stringify({ acme: { ...acme, secret: 'pssst' } }), 'acme'],
  [JSON.stringify({ acme: { ...acme, clientSecret: 7 } }), 'acme.clientSecret must be string'],
  [JSON.stringify({ acme: { ...acme, issuer: 'http://acme.example' } }), 'acme.issuer'],
  [JSON.stringify({ acme: { ...acme, issuer: 'acme.example' } }), 'acme.issuer'],
  [JSON.stringify({ acme: { ...acme, issuer: 'https://acme.example/?a=b' } }), 'acme.issuer'],
])('invalid providers are explained without secrets: %s', ([text = '', problem = '']) => {
  const explained = oauthProvidersOf(text)
  expect(typeof explained).toBe('string')
  expect(explained).toContain(problem)
  expect(explained).not.toContain('pssst')
})
