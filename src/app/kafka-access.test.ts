import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generate } from 'selfsigned'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { BadConfig, readConfig } from '../config.ts'
import { kafkaAccess } from './kafka-access.ts'

let folder: string
let cert: string
const at = (name: string) => join(folder, name)
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agora-kafka-'))
  ;({ cert } = await generate([]))
  await writeFile(at('ca.pem'), cert)
  await writeFile(at('password'), 'from a file\n')
  await writeFile(at('empty'), '\n')
})
afterAll(() => rm(folder, { recursive: true }))

const accessOf = (env: Readonly<Record<string, string>>) => {
  const { kafka } = readConfig({ KAFKA_BROKERS: 'one:9092', ...env }).bridges
  expect.assert(kafka)
  return kafkaAccess(kafka)
}

const signingIn = { KAFKA_SASL: 'scram-sha-512', KAFKA_USER: 'agora' }

test('without settings, brokers are connected to without TLS and sign-in', async () => {
  expect(await accessOf({})).toEqual({})
  expect(await accessOf({ KAFKA_TLS: 'false' })).toEqual({})
})

test('the password is the variable, or the content of a file', async () => {
  const sasl = { mechanism: 'scram-sha-512', user: 'agora' }
  expect(await accessOf({ ...signingIn, KAFKA_PASSWORD: 'secret' })).toEqual({
    sasl: { ...sasl, password: 'secret' },
  })
  expect(await accessOf({ ...signingIn, KAFKA_PASSWORD_FILE: at('password') })).toEqual({
    sasl: { ...sasl, password: 'from a file' },
  })
})

test('TLS trusts what the system trusts, or the certificates of a file', async () => {
  expect(await accessOf({ KAFKA_TLS: 'true' })).toEqual({ tls: {} })
  expect(await accessOf({ KAFKA_TLS: 'true', KAFKA_CA: at('ca.pem') })).toEqual({
    tls: { ca: Buffer.from(cert) },
  })
})

test.each([
  ['KAFKA_USER', { KAFKA_SASL: 'plain', KAFKA_PASSWORD: 'secret' }],
  ['KAFKA_PASSWORD', signingIn],
  ['not both', { ...signingIn, KAFKA_PASSWORD: 'secret', KAFKA_PASSWORD_FILE: 'password' }],
  ['KAFKA_PASSWORD_FILE', { ...signingIn, KAFKA_PASSWORD_FILE: '/nowhere/password' }],
  ['KAFKA_SASL', { KAFKA_USER: 'agora', KAFKA_PASSWORD: 'secret' }],
  ['KAFKA_TLS', { KAFKA_CA: 'ca.pem' }],
  ['KAFKA_CA', { KAFKA_TLS: 'true', KAFKA_CA: '/nowhere/ca.pem' }],
])('a fault is named: %s', async (named, env) => {
  const reading = accessOf(env)
  await expect(reading).rejects.toThrow(BadConfig)
  await expect(reading).rejects.toThrow(named)
  await expect(reading).rejects.not.toThrow(/secret/)
})

test('files without what they should have are named', async () => {
  const empty = accessOf({ ...signingIn, KAFKA_PASSWORD_FILE: at('empty') })
  await expect(empty).rejects.toThrow('KAFKA_PASSWORD_FILE')
  const noCertificate = accessOf({ KAFKA_TLS: 'true', KAFKA_CA: at('password') })
  await expect(noCertificate).rejects.toThrow('KAFKA_CA')
})
