import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generate } from 'selfsigned'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { BadConfig } from '../config.ts'
import { endpointCertificate } from './endpoint-certificate.ts'

let folder: string
const at = (name: string) => join(folder, name)
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agora-pem-'))
  const [one, other] = await Promise.all([generate([]), generate([])])
  await writeFile(at('cert.pem'), one.cert)
  await writeFile(at('key.pem'), one.private)
  await writeFile(at('other.pem'), other.private)
  await writeFile(at('text.pem'), 'text')
})
afterAll(() => rm(folder, { recursive: true }))

test('a certificate is read with its key; without one, the endpoint listens on loopback', async () => {
  const paths = { cert: at('cert.pem'), key: at('key.pem') }
  expect(Object.keys((await endpointCertificate('0.0.0.0', paths)) ?? {})).toEqual(['cert', 'key'])
  expect(await endpointCertificate('127.0.0.1', undefined)).toBeUndefined()
  await expect(endpointCertificate('0.0.0.0', undefined)).rejects.toThrow(
    /AGORA_ESDB_HOST must be a loopback address.*not 0\.0\.0\.0/,
  )
})

test.each([
  ['none.pem', 'key.pem', /AGORA_ESDB_TLS_CERT cannot be read \(ENOENT\): .*none\.pem/],
  ['cert.pem', '.', /AGORA_ESDB_TLS_KEY cannot be read \(EISDIR\)/],
  ['text.pem', 'key.pem', /must be a certificate and its key/],
  ['cert.pem', 'other.pem', /must be a certificate and its key/],
])('the files %s and %s are refused', async (cert, key, message) => {
  const read = endpointCertificate('127.0.0.1', { cert: at(cert), key: at(key) })
  await expect(read).rejects.toThrow(BadConfig)
  await expect(read).rejects.toThrow(message)
})
