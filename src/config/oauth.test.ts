import { expect, test } from 'vitest'
import { oauthProvidersOf } from './oauth.ts'

const acme = { issuer: 'https://acme.example/realms/one', clientId: 'agora', clientSecret: 'pssst' }

test('providers come by name; a secret may be left out, and one on this machine may do without HTTPS', () => {
  const here = { issuer: 'http://127.0.0.1:8080', clientId: 'agora' }
  expect(oauthProvidersOf(JSON.stringify({ acme, 'here-2': here }))).toEqual([
    { name: 'acme', ...acme },
    { name: 'here-2', ...here },
  ])
  expect(oauthProvidersOf('{}')).toEqual([])
})

test.for([
  ['pssst', 'is no JSON'],
  ['[]', 'is an object of providers'],
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
])('what cannot be meant is said, and no secret with it: %s', ([text = '', problem = '']) => {
  const said = oauthProvidersOf(text)
  expect(typeof said).toBe('string')
  expect(said).toContain(problem)
  expect(said).not.toContain('pssst')
})
