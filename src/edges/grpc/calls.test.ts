import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { credentials, Metadata, status as codes, type ServiceError } from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import { service as healthService } from 'grpc-health-check'
import { join } from 'node:path'
import { generate } from 'selfsigned'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { digest } from '#kernel'
import { rpcClient, type RpcReply } from '../../../test/support/grpc.ts'
import { onlyProcess } from '../../../test/support/http.ts'
import { until } from '../../../test/support/until.ts'
import { internalCalls, internalHeader } from '../../platform/security/internal-calls.ts'
import { maxMessageBytes } from './index.ts'
import { grpcCalls, grpcWorld, type GrpcWorld } from './testing/served.ts'

const [register, login, validate] = ['Register', 'Login', 'ValidateToken'].map(
  (name) => `agora.auth.v1.AuthService/${name}`,
) as [string, string, string]
const password = 'a long password'
const newcomer = (name: string) => ({ email: `${name}@example.org`, username: name, password })

/** Passwords are hashed once this is resolved. */
let gate = Promise.resolve()
let grpc: GrpcWorld
beforeAll(async () => {
  grpc = await grpcWorld({
    contexts: ['analytics', 'profiles'],
    passwords: {
      hash: async (text) => {
        await gate
        return digest(text)
      },
      verify: async (text, hash) => digest(text) === hash,
    },
  })
})
afterAll(() => grpc[Symbol.asyncDispose]())

describe('a signature', () => {
  const ours = grpcCalls
  const call = { audience: 'grpc', method: 'POST', url: `/${validate}`, userId: '', address: '' }
  test.for([
    ['of another Agora', internalCalls(Buffer.alloc(32, 4)).tokenFor(call)],
    ['of a hop over HTTP', internalCalls(Buffer.alloc(32, 3)).tokenFor(call)],
    ['for another audience', ours.tokenFor({ ...call, audience: 'another' })],
    ['for another RPC', ours.tokenFor({ ...call, url: `/${login}` })],
    [
      'that has expired',
      internalCalls(Buffer.alloc(32, 5), () => Date.now() - 60_000).tokenFor(call),
    ],
    ['for another client', ours.tokenFor({ ...call, address: '203.0.113.1' })],
  ] as const)('%s is refused', async ([, signature]) => {
    const { failure } = await grpc.rpc(validate, {}, { signature })
    expect(failure).toMatchObject({ code: 'UNAUTHENTICATED', reason: 'internal_only' })
  })

  test('names the client, for its limits', async () => {
    const address = '203.0.113.7'
    const options = {
      signature: ours.tokenFor({ ...call, url: `/${login}`, address }),
      metadata: { 'x-forwarded-for': address },
    }
    const { failure } = await grpc.rpc(login, newcomer('nobody'), options)
    expect(failure).toMatchObject({ reason: 'invalid_credentials' })
  })
})

describe('behind a gateway, which counts requests of HTTP', () => {
  const url = '/api/v1/auth/login'
  // Another account each time: those have delays of their own.
  const guess = () => ({ email: `${randomUUID()}@example.org`, password })
  const limited = async () => {
    const own = await grpcWorld({
      contexts: [],
      processes: { ...onlyProcess(), internalOnly: true },
      config: { grpcRateLimit: { perUser: 50, perIp: 8 }, trustProxy: true },
    })
    onTestFinished(() => own[Symbol.asyncDispose]())
    const from = (address: string) => {
      const call = { audience: 'grpc', method: 'POST', url: `/${login}`, userId: '', address }
      const metadata = { 'x-forwarded-for': address }
      return own.rpc(login, guess(), { signature: grpcCalls.tokenFor(call), metadata })
    }
    const overHttp = async () => {
      const call = { audience: 'only', method: 'POST', url, userId: '', address: '' }
      const headers = { [internalHeader]: internalCalls(Buffer.alloc(32, 3)).tokenFor(call) }
      return (await own.world.anyone('POST', '/auth/login', guess(), headers)).body.code
    }
    return { from, overHttp }
  }

  test('the calls of a client are counted, with the lower limit of sign-ins', async () => {
    const { from, overHttp } = await limited()
    const failed = { reason: 'invalid_credentials' }
    for (const _ of [1, 2]) expect((await from('203.0.113.1')).failure).toMatchObject(failed)
    const { failure, metadata } = await from('203.0.113.1')
    expect(failure).toMatchObject({ code: 'RESOURCE_EXHAUSTED', reason: 'too_many_requests' })
    expect(metadata.get('ratelimit-limit')).toEqual(['2'])
    expect((await from('203.0.113.2')).failure).toMatchObject(failed)
    for (const _ of [1, 2, 3]) expect(await overHttp()).toBe('invalid_credentials')
  })
})

test('an access token that is not valid is refused by its reason', async () => {
  const { failure } = await grpc.rpc(
    'agora.user.v1.UserService/GetUserById',
    { id: randomUUID() },
    { token: 'x.y.z' },
  )
  expect(failure).toMatchObject({ code: 'UNAUTHENTICATED', reason: 'invalid_token' })
})

test('invalid fields are named, and a path is no way to another route', async () => {
  const { failure } = await grpc.rpc(register, { email: 'nobody', username: 'n' })
  expect(failure).toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'invalid_request' })
  expect(failure?.fields.toSorted()).toEqual(['email', 'password', 'username'])
  const { token } = await grpc.world.someone('walker')
  for (const id of ['..', '.', ''])
    expect(
      (await grpc.rpc('agora.user.v1.UserService/GetUserById', { id }, { token })).failure,
    ).toMatchObject({ code: 'INVALID_ARGUMENT', fields: ['id'] })
  const other = await grpc.rpc(
    'agora.user.v1.UserService/GetUserById',
    { id: '../posts/feed?a=b' },
    { token },
  )
  expect(other.failure).toMatchObject({ code: 'INVALID_ARGUMENT', fields: ['id'] })
})

test.for([
  ['of 5 MiB is refused before it is read', 5 * 1024 * 1024, undefined],
  ['over the limit of HTTP is refused as there', 2 * 1024 * 1024, 'too_large'],
] as const)('a message %s', async ([, size, reason]) => {
  const { failure } = await grpc.rpc(validate, { token: 'x'.repeat(size) })
  expect(size < maxMessageBytes).toBe(reason !== undefined)
  expect(failure).toMatchObject({ code: 'RESOURCE_EXHAUSTED', reason })
})

test('a call past its deadline fails; repeated under its key, its work is done once', async () => {
  const opened = Promise.withResolvers<void>()
  gate = opened.promise
  const key = { 'idempotency-key': randomUUID() }
  const ask = (timeout?: number): Promise<RpcReply> =>
    grpc.rpc(register, newcomer('late'), { metadata: key, ...(timeout && { timeout }) })
  expect((await ask(200)).failure).toMatchObject({ code: 'DEADLINE_EXCEEDED' })
  const early = await ask(5_000)
  // Either the first call holds the key, or its deadline had passed before it began.
  expect([
    ['ABORTED', 'request_in_progress'],
    ['DEADLINE_EXCEEDED', undefined],
  ]).toContainEqual([early.failure?.code, early.failure?.reason])
  opened.resolve()
  const { message } = await until(ask, ({ failure }) => failure === undefined)
  const { events } = await grpc.world.log.readAll({ types: ['UserRegistered'] })
  const mine = events.filter(({ data }) => (data as { username: string }).username === 'late')
  expect(mine.map(({ id }) => id)).toEqual([message.userId])
  expect((await ask()).metadata.get('idempotency-replayed')).toEqual(['true'])
})

test('a trace goes on, and its correlation id comes back', async () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  const { token } = await grpc.world.someone('traced')
  const { metadata } = await grpc.rpc(validate, { token }, { metadata: { traceparent } })
  const { headers } = await grpc.world.anyone('POST', '/auth/validate', { token }, { traceparent })
  const id = headers['x-correlation-id']
  expect(metadata.get('x-correlation-id')).toEqual([id])
  expect(grpc.world.written.filter((line) => line.includes(String(id))).length).toBe(2)
})

test('reflection shows the services with the names of their contracts, to callers without a signature', async () => {
  const root = join(import.meta.dirname, '../../../node_modules/@grpc/reflection/build/proto')
  const reflection = loadSync('grpc/reflection/v1/reflection.proto', { includeDirs: [root] })
  const service = reflection['grpc.reflection.v1.ServerReflection'] as typeof healthService
  const { path, requestSerialize, responseDeserialize } = service['ServerReflectionInfo']!
  const call = grpc.client.client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize)
  const asked = async (request: object): Promise<unknown> => {
    call.write(request)
    const [answer] = await once(call, 'data')
    return answer
  }
  expect(await asked({ listServices: '*' })).toMatchObject({
    listServicesResponse: {
      service: expect.arrayContaining([{ name: 'agora.auth.v1.AuthService' }]),
    },
  })
  const found = await asked({ fileContainingSymbol: 'agora.user.v1.UserService' })
  expect(JSON.stringify(found)).toContain('fileDescriptorProto')
  const [file] = (found as { fileDescriptorResponse: { fileDescriptorProto: Buffer[] } })
    .fileDescriptorResponse.fileDescriptorProto
  expect(file!.toString('latin1')).toContain('avatar_media_id')
  call.end()
})

const healthOf = async (client: GrpcWorld['client']['client'], name: string): Promise<unknown> => {
  const { path, requestSerialize, responseDeserialize } = healthService['Check']!
  const answered = Promise.withResolvers<unknown>()
  const by = [path, requestSerialize, responseDeserialize, { service: name }] as const
  client.makeUnaryRequest(...by, new Metadata(), (error: ServiceError | null, reply: unknown) =>
    error ? answered.reject(error) : answered.resolve((reply as { status: unknown }).status),
  )
  return answered.promise
}

test('a process that drains is healthy no more, and still answers', async () => {
  const own = await grpcWorld({ contexts: [] })
  onTestFinished(() => own[Symbol.asyncDispose]())
  const { client } = own.client
  for (const name of ['', 'agora.auth.v1.AuthService'])
    expect(await healthOf(client, name)).toBe('SERVING')
  own.served.drain()
  for (const name of ['', 'agora.auth.v1.AuthService'])
    expect(await healthOf(client, name)).toBe('NOT_SERVING')
  expect((await own.rpc(validate)).failure).toMatchObject({ reason: 'invalid_token' })
})

test('a watch of health hears that a process stops, and is ended', async () => {
  const own = await grpcWorld({ contexts: [] })
  onTestFinished(() => own.world[Symbol.asyncDispose]())
  const { path, requestSerialize, responseDeserialize } = healthService['Watch']!
  const by = [path, requestSerialize, responseDeserialize, { service: '' }] as const
  const watch = own.client.client.makeServerStreamRequest(...by, new Metadata())
  const heard: unknown[] = []
  const ended = new Promise((resolve) => watch.once('error', resolve))
  watch.on('data', ({ status }: { readonly status: unknown }) => heard.push(status))
  await until(
    () => heard,
    (statuses) => statuses.length > 0,
  )
  await own.served.close()
  expect(await ended).toMatchObject({ code: codes.UNAVAILABLE, details: 'The process stops.' })
  expect(heard).toEqual(['SERVING', 'NOT_SERVING'])
  own.client[Symbol.dispose]()
})

test('calls come by TLS, where there is a certificate', async () => {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
  })
  const own = await grpcWorld({ contexts: [] }, { cert: Buffer.from(cert), key: Buffer.from(key) })
  onTestFinished(() => own[Symbol.asyncDispose]())
  const signs = { calls: grpcCalls }
  const address = `localhost:${own.served.port}`
  using trusting = rpcClient(address, signs, credentials.createSsl(Buffer.from(cert)))
  expect((await trusting.rpc(validate)).failure).toMatchObject({ reason: 'invalid_token' })
  expect((await own.rpc(validate, {}, { timeout: 5_000 })).failure?.reason).toBeUndefined()
})

test('no call has failed unexpectedly', () => expect(grpc.errors).toEqual([]))
