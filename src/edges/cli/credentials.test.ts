import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findCredentials, urlHere } from './credentials.ts'

const here = 'http://127.0.0.1:3000'
const kept = { email: 'first@agora', password: 'kept' }
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agora-credentials-'))
  await writeFile(join(folder, 'admin.json'), JSON.stringify(kept))
})
afterAll(() => rm(folder, { recursive: true }))

test('what is said on the command line goes before the environment, and that before what is kept', async () => {
  const env = { AGORA_DATA: folder, ADMIN_EMAIL: 'env@agora', ADMIN_PASSWORD: 'env' }
  const [email, password] = ['said@agora', 'said']
  expect(await findCredentials({ token: 't', email, password }, env, here)).toEqual({ token: 't' })
  expect(await findCredentials({ email, password }, env, here)).toEqual({ email, password })
  expect(await findCredentials({ email }, env, here)).toEqual({ email, password: 'env' })
  expect(await findCredentials({}, { ...env, AGORA_TOKEN: 't' }, here)).toEqual({ token: 't' })
  expect(await findCredentials({}, env, here)).toEqual({ email: 'env@agora', password: 'env' })
  expect(await findCredentials({}, { AGORA_DATA: folder }, here)).toEqual(kept)
  expect(await findCredentials({}, { AGORA_DATA: join(folder, 'none') }, here)).toBeUndefined()
})

test('the first admin of this machine is not told to others', async () => {
  const env = { AGORA_DATA: folder }
  for (const local of ['http://localhost:1', 'http://[::1]:1', 'http://127.0.0.2'])
    expect(await findCredentials({}, env, local)).toEqual(kept)
  for (const foreign of ['http://agora.example', 'http://127.evil.example', 'http://10.0.0.1'])
    expect(await findCredentials({}, env, foreign)).toBeUndefined()
})

test('the Agora of a folder is found where it says it is, unless another one is named', async () => {
  const env = { AGORA_DATA: folder }
  expect(urlHere(env)).toBe(here)
  await writeFile(join(folder, 'url'), 'http://127.0.0.1:4567\n')
  expect(urlHere(env)).toBe('http://127.0.0.1:4567')
  expect(urlHere({ ...env, PORT: '80' })).toBe('http://127.0.0.1:80')
  expect(urlHere({ ...env, HOST: '127.0.0.2' })).toBe('http://127.0.0.2:3000')
})

test('half of a pair is not taken', async () => {
  await expect(findCredentials({ password: 'said' }, {}, here)).rejects.toThrow('--email')
  await expect(findCredentials({ email: 'said@agora' }, {}, here)).rejects.toThrow('--password')
  await expect(findCredentials({}, { ADMIN_EMAIL: 'env@agora' }, here)).rejects.toThrow(
    'ADMIN_PASSWORD',
  )
})
