import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { internalCalls, internalHeader } from '../../src/platform/security/internal-calls.ts'
import { secretsFrom } from '../../src/platform/security/keys/secrets.ts'
import { grpcClient } from '../services/grpc-client.ts'
import { agoraHere, type AgoraHere } from '../support/agora.ts'
import { clientContracts, rpcClient, type RpcClient } from '../support/grpc.ts'

const secret = 'a secret of at least 32 characters'
const { tokenFor } = internalCalls(secretsFrom(secret)('grpc-calls'))
/** Calls between processes over HTTP. */
const betweenProcesses = internalCalls(secretsFrom(secret)('internal-calls'))

/** Whether a program is on the path. */
const has = (program: string): boolean => spawnSync(program, ['-version']).status === 0

let agora: AgoraHere
let client: RpcClient
let address: string
beforeAll(async () => {
  // Behind a gateway: over HTTP, the process answers signed requests alone.
  agora = await agoraHere({
    AGORA_ROLES: 'api,projections',
    AGORA_SECRET: secret,
    AGORA_GRPC_PORT: '0',
    RATE_LIMIT: '1200',
  })
  address = `127.0.0.1:${agora.grpcPort}`
  client = rpcClient(address, { calls: { tokenFor } })
})
afterAll(async () => {
  client[Symbol.dispose]()
  await agora[Symbol.asyncDispose]()
})

test('a process behind a gateway serves gRPC to those with its key, and to nobody else', async () => {
  const person = { email: 'ada@example.org', username: 'ada', password: 'a long password' }
  const {
    message,
    failure,
    metadata: answered,
  } = await client.rpc('agora.auth.v1.AuthService/Register', person)
  expect(failure).toBeUndefined()
  expect(answered.get('ratelimit-limit')).toEqual(['1200'])
  const token: string = message.tokens.accessToken
  const metadata = { 'idempotency-key': 'once' }
  const post = () =>
    client.rpc('agora.post.v1.PostService/CreatePost', { content: 'Hi' }, { token, metadata })
  const [first, second] = [await post(), await post()]
  expect(second.message).toEqual(first.message)
  const { id } = first.message
  const read = await client.rpc('agora.post.v1.PostService/GetPostById', { id }, { token })
  expect(read.failure ?? read.message).toMatchObject({ content: 'Hi' })
  for (const calls of [internalCalls(Buffer.alloc(32, 1)), betweenProcesses]) {
    using other = rpcClient(address, { calls })
    expect((await other.rpc('agora.auth.v1.AuthService/Login', person)).failure).toMatchObject({
      code: 'UNAUTHENTICATED',
      reason: 'internal_only',
    })
  }
  expect((await fetch(`${agora.url}/api/v1/auth/login`, { method: 'POST' })).status).toBe(403)
})

test.for([
  ['of gRPC', tokenFor, 403],
  ['between processes', betweenProcesses.tokenFor, 200],
] as const)('a call over HTTP that is signed with the key %s', async ([, sign, expected]) => {
  const url = '/api/v1/products'
  const token = sign({ audience: agora.url, method: 'GET', url, userId: '', address: '' })
  const { status } = await fetch(`${agora.url}${url}`, { headers: { [internalHeader]: token } })
  expect(status).toBe(expected)
})

test('it takes files as streams, by a connection to itself that it signs', async () => {
  const person = { email: 'bob@example.org', username: 'bob', password: 'a long password' }
  const registered = await client.rpc('agora.auth.v1.AuthService/Register', person)
  const token: string = registered.message.tokens.accessToken
  const media = clientContracts.services.get('agora.media.v1.MediaService')!
  const { UploadMedia: up, DownloadMedia: down } = media
  const uploaded = Promise.withResolvers<{ readonly media: readonly { readonly id: string }[] }>()
  const call = client.client.makeClientStreamRequest(
    up!.path,
    up!.requestSerialize,
    up!.responseDeserialize,
    client.metadataFor(up!.path, { token }),
    (error, reply) => (error ? uploaded.reject(error) : uploaded.resolve(reply as never)),
  )
  for (const part of [{ file: { name: 'a.txt' } }, { chunk: Buffer.from('Some text') }])
    call.write(part)
  call.end()
  const id = (await uploaded.promise).media[0]?.id
  const parts = client.client.makeServerStreamRequest(
    down!.path,
    down!.requestSerialize,
    down!.responseDeserialize,
    { id },
    client.metadataFor(down!.path, { token }),
  )
  const texts: string[] = []
  for await (const { chunk } of parts) if (chunk) texts.push(String(chunk))
  expect(texts.join('')).toBe('Some text')
})

const isMissing = ['java', 'javac', 'mvn'].find((program) => !has(program))
const whyNot = isMissing === undefined ? '' : `, skipped: ${isMissing} is not installed`

test.skipIf(isMissing)(`a client in Java calls three RPCs${whyNot}`, async () => {
  const signatures = [
    'auth.v1.AuthService/Register',
    'auth.v1.AuthService/Login',
    'user.v1.UserService/GetUserById',
  ]
  const [command = '', ...args] = await grpcClient()
  const signed = signatures.map((name) =>
    tokenFor({
      audience: 'grpc',
      method: 'POST',
      url: `/agora.${name}`,
      userId: '',
      address: '',
    }),
  )
  const { stdout } = await promisify(execFile)(command, [...args, address, ...signed])
  const [, userId = ''] = /^registered (\S+) \[buyer\]$/m.exec(stdout) ?? []
  expect(stdout.trim().split('\n')).toEqual([
    `registered ${userId} [buyer]`,
    'refused UNAUTHENTICATED',
    `signed in ${userId}`,
    `read ${userId} Jörg of Java false`,
  ])
})
