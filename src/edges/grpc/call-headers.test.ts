import { Metadata } from '@grpc/grpc-js'
import { expect, test } from 'vitest'
import { internalCalls } from '../../platform/security/internal-calls.ts'
import { headersOf, verifiedClient } from './call-headers.ts'

const grpcCalls = internalCalls(Buffer.alloc(32, 1))
const path = '/agora.auth.v1.AuthService/Login'
const metadataOf = (values: Readonly<Record<string, string>>): Metadata => {
  const metadata = new Metadata()
  for (const [name, value] of Object.entries(values)) metadata.set(name, value)
  return metadata
}
const verified = (values: Readonly<Record<string, string>>, isOpen = false) =>
  verifiedClient({ grpcCalls, isOpen }, { metadata: metadataOf(values), path })
const signed = (audience: string, address: string) =>
  grpcCalls.tokenFor({ audience, method: 'POST', url: path, userId: '', address })

test('a call that is signed is admitted, with the client that it names', () => {
  expect(verified({ 'x-agora-internal': signed('grpc', '') })).toBeUndefined()
  const client = { 'x-forwarded-for': '203.0.113.1' }
  const signature = signed('grpc', '203.0.113.1')
  expect(verified({ ...client, 'x-agora-internal': signature })).toBe('203.0.113.1')
  expect(() => verified({ 'x-agora-internal': signature })).toThrow('Only for processes')
  expect(() => verified({ 'x-agora-internal': signed('you', '') })).toThrow('Only for processes')
  expect(() => verified({})).toThrow('Only for processes')
})

test('in development, unsigned calls are admitted; the client that they name is not believed', () => {
  expect(verified({ 'x-forwarded-for': '203.0.113.1' }, true)).toBeUndefined()
})

test('the request of the twin has the metadata that means something to it, and no other', () => {
  const metadata = {
    authorization: 'Bearer a',
    'idempotency-key': 'k',
    'if-match': '"1"',
    cookie: 'token=x',
    'x-user-id': 'somebody',
    'x-forwarded-for': '203.0.113.1',
    host: 'elsewhere',
  }
  const headers = headersOf(metadataOf(metadata))
  expect(Object.keys(headers).toSorted()).toEqual([
    'accept',
    'authorization',
    'idempotency-key',
    'if-match',
    'user-agent',
    'x-correlation-id',
  ])
})
