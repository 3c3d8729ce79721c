import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findCredentials, urlHere } from './credentials.ts'

const here = 'http://127.0.0.1:3000'
const firstAdmin = { email: 'first@agora', password: 'kept' }
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agora-credentials-'))
  await writeFile(join(folder, 'admin.json'), JSON.stringify(firstAdmin))
})
afterAll(() => rm(folder, { recursive: true }))

test('the command line precedes the environment, and both precede the stored first admin', async () => {
  const env = { AGORA_DATA: folder, ADMIN_EMAIL: 'env@agora', ADMIN_PASSWORD: 'env' }
  const [email, password] = ['said@agora', 'said']
  expect(await findCredentials({ token: 't', email, password }, env, here)).toEqual({ token: 't' })
  expect(await findCredentials({ email, password }, env, here)).toEqual({ email, password })
  expect(await findCredentials({ email }, env, here)).toEqual({ email, password: 'env' })
  expect(await findCredentials({}, { ...env, AGORA_TOKEN: 't' }, here)).toEqual({ token: 't' })
  expect(await findCredentials({}, env, here)).toEqual({ email: 'env@agora', password: 'env' })
  expect(await findCredentials({}, { AGORA_DATA: folder }, here)).toEqual(firstAdmin)
  expect(await findCredentials({}, { AGORA_DATA: join(folder, 'none') }, here)).toBeUndefined()
})

test('the stored first admin is used for local URLs only', async () => {
  const env = { AGORA_DATA: folder }
  for (const local of ['http://localhost:1', 'http://[::1]:1', 'http://127.0.0.2'])
    expect(await findCredentials({}, env, local)).toEqual(firstAdmin)
  for (const foreign of ['http://agora.example', 'http://127.evil.example', 'http://10.0.0.1'])
    expect(await findCredentials({}, env, foreign)).toBeUndefined()
})

test('the URL is read from the data folder, unless host or port is set', async () => {
  const env = { AGORA_DATA: folder }
  expect(urlHere(env)).toBe(here)
  await writeFile(join(folder, 'url'), 'http://127.0.0.1:4567\n')
  expect(urlHere(env)).toBe('http://127.0.0.1:4567')
  expect(urlHere({ ...env, PORT: '80' })).toBe('http://127.0.0.1:80')
  expect(urlHere({ ...env, HOST: '127.0.0.2' })).toBe('http://127.0.0.2:3000')
  expect(urlHere({ ...env, HOST: '::1', PORT: '80' })).toBe('http://[::1]:80')
  // With these, the server chooses the port, or listens on all addresses.
  expect(urlHere({ ...env, PORT: '0' })).toBe('http://127.0.0.1:4567')
  for (const HOST of ['0.0.0.0', '::'])
    expect(urlHere({ ...env, HOST, PORT: '80' })).toBe('http://127.0.0.1:80')
})

test('email and password must be given together', async () => {
  await expect(findCredentials({ password: 'said' }, {}, here)).rejects.toThrow('--email')
  await expect(findCredentials({ email: 'said@agora' }, {}, here)).rejects.toThrow('--password')
  await expect(findCredentials({}, { ADMIN_EMAIL: 'env@agora' }, here)).rejects.toThrow(
    'ADMIN_PASSWORD',
  )
})
