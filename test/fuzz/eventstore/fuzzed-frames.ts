import fc from 'fast-check'
import type { OutgoingHttpHeaders } from 'node:http2'
import { connect as connectTcp } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { gzipSync } from 'node:zlib'
import { setTimeout as pause } from 'node:timers/promises'
import { connection as connectionTo, framed } from './http2-call.ts'
import { verdictOn } from './judge.ts'
import { rpcNamed } from './rpcs.ts'
import type { EventStoreSetting } from './setting.ts'
import { basic } from './target.ts'

type Broken = {
  readonly name: string
  readonly chunks: readonly Buffer[]
  readonly headers?: OutgoingHttpHeaders
}

const prefix = (flag: number, length: number): Buffer => {
  const bytes = Buffer.alloc(5)
  bytes[0] = flag
  bytes.writeUInt32BE(length, 1)
  return bytes
}

/** Larger than the endpoint accepts, of zeros. */
const bombBytes = 24 * 2 ** 20

const flagged = (flag: number, message: Buffer): Buffer =>
  Buffer.concat([prefix(flag, message.length), message])

const brokenFrames = (seed: number): readonly Broken[] => {
  const [random = []] = fc.sample(fc.uint8Array({ minLength: 500, maxLength: 2_000 }), {
    seed,
    numRuns: 1,
  })
  const message = Buffer.from([10, 0])
  const bomb = gzipSync(Buffer.alloc(bombBytes))
  return [
    { name: 'nothing', chunks: [] },
    { name: 'a part of a prefix', chunks: [Buffer.from([0, 0, 0])] },
    { name: 'fewer bytes than declared', chunks: [prefix(0, 100), Buffer.alloc(10)] },
    { name: 'more bytes than declared', chunks: [prefix(0, 2), Buffer.alloc(40, 255)] },
    { name: 'a declared length of 4 GiB', chunks: [prefix(0, 2 ** 32 - 1), Buffer.alloc(100)] },
    {
      name: 'a declared length above the limit',
      chunks: [prefix(0, 40 * 2 ** 20), Buffer.alloc(100)],
    },
    { name: 'a flag of compression without a name', chunks: [flagged(1, message)] },
    {
      name: 'gzip that is none',
      chunks: [flagged(1, message)],
      headers: { 'grpc-encoding': 'gzip' },
    },
    {
      name: 'deflate that is none',
      chunks: [flagged(1, Buffer.alloc(100, 7))],
      headers: { 'grpc-encoding': 'deflate' },
    },
    {
      name: 'gzip that is cut',
      chunks: [flagged(1, bomb.subarray(0, 500))],
      headers: { 'grpc-encoding': 'gzip' },
    },
    {
      name: 'gzip of more than the limit',
      chunks: [flagged(1, bomb)],
      headers: { 'grpc-encoding': 'gzip' },
    },
    {
      name: 'an unknown compression',
      chunks: [flagged(1, message)],
      headers: { 'grpc-encoding': 'zstd' },
    },
    { name: 'a flag of 255', chunks: [flagged(255, message)] },
    { name: 'garbage', chunks: [Buffer.alloc(3_000, 0xa5)] },
    { name: 'random bytes', chunks: [Buffer.from(random)] },
    {
      name: 'many empty messages',
      chunks: [Buffer.concat(Array<Buffer>(20_000).fill(framed(Buffer.alloc(0))))],
    },
    {
      name: 'byte by byte',
      chunks: [...framed(Buffer.from([10, 2, 74, 0]))].map((byte) => Buffer.from([byte])),
    },
    { name: 'a message of 20 MiB', chunks: [framed(Buffer.alloc(20 * 2 ** 20))] },
    { name: 'a string of invalid UTF-8', chunks: [framed(Buffer.from([10, 4, 18, 2, 255, 254]))] },
    { name: 'a field that begins a group', chunks: [framed(Buffer.alloc(5_000, 0x0b))] },
    {
      name: 'another type of content',
      chunks: [framed(message)],
      headers: { 'content-type': 'text/plain' },
    },
    { name: 'no type of content', chunks: [framed(message)], headers: { 'content-type': '' } },
    { name: 'another method', chunks: [], headers: { ':method': 'GET' } },
    { name: 'no te', chunks: [framed(message)], headers: { te: '' } },
    {
      name: 'a large header',
      chunks: [framed(message)],
      headers: { 'connection-name': 'x'.repeat(60_000) },
    },
    {
      name: 'binary metadata that is none',
      chunks: [framed(message)],
      headers: { 'a-bin': '\u00ff,,=' },
    },
    ...[
      '/',
      '//',
      '/x',
      '/__proto__/constructor',
      '/event_store.client.streams.Streams/read',
      '/event_store.client.streams.Streams/',
      `/${'x'.repeat(8_000)}`,
      '*',
    ].map((path) => ({
      name: `the path ${path.slice(0, 60)}`,
      chunks: [framed(message)],
      headers: { ':path': path },
    })),
  ]
}

const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'

/** What is sent on a connection that is not of HTTP/2. */
const rawBytes: readonly Buffer[] = [
  Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
  Buffer.from(preface),
  Buffer.from(`${preface}${'\u0000'.repeat(500)}`, 'latin1'),
  Buffer.concat([Buffer.from(preface), Buffer.alloc(5_000, 255)]),
  // Frames of settings, then headers on stream 0, and a window of zero.
  Buffer.concat([
    Buffer.from(preface),
    Buffer.from('000000040000000000', 'hex'),
    Buffer.from('000004010500000000828684be', 'hex'),
  ]),
  Buffer.concat([
    Buffer.from(preface),
    Buffer.from('000000040000000000', 'hex'),
    Buffer.from('00000408000000000000000000', 'hex'),
  ]),
  Buffer.concat([
    Buffer.from(preface),
    ...Array<Buffer>(2_000).fill(Buffer.from('0000080600000000000000000000000000', 'hex')),
  ]),
  Buffer.alloc(100_000, 0x16),
]

/** Kinds of RPCs: with one message or a stream in either direction. */
const kinds = [
  'PersistentSubscriptions/GetInfo',
  'Streams/Read',
  'Streams/Append',
  'Streams/BatchAppend',
  'PersistentSubscriptions/Read',
] as const

/**
 * Sends frames that no client sends, and bytes that are no frames.
 * @param isWhole whether all of them are sent to each kind of RPC; otherwise a third of them, each to one
 */
export const fuzzFrames = async (
  { target, seed, findings, count }: EventStoreSetting,
  isWhole: boolean,
): Promise<void> => {
  const credentials = target.credentialsOf('admin')
  const authorization = credentials && { authorization: basic(credentials) }
  for (const [at, broken] of brokenFrames(seed).entries()) {
    if (!isWhole && (at + seed) % 3 > 0) continue
    for (const kind of isWhole ? kinds : [kinds[at % kinds.length]!]) {
      const rpc = rpcNamed(kind)
      count()
      using own = connectionTo(target.port, target.ca)
      const ended = await own.call({
        path: rpc.path,
        headers: { ...authorization, ...broken.headers },
        chunks: broken.chunks,
        ending: 'half-close',
      })
      const verdict = verdictOn(rpc, ended, true)
      if (verdict)
        findings.add({
          part: 'eventstore',
          where: `${kind} at ${target.name}`,
          what: `${broken.name}: ${verdict.what}`,
          detail: verdict.detail,
          reproduction: `headers ${JSON.stringify(broken.headers ?? {}).slice(0, 200)}, frames ${broken.chunks.map((one) => one.toString('hex').slice(0, 200)).join(' ')}`,
        })
    }
  }
  for (const bytes of rawBytes) {
    count()
    const options = { port: target.port, host: '127.0.0.1' }
    const socket = target.ca
      ? connectTls({
          ...options,
          ca: target.ca,
          checkServerIdentity: () => undefined,
          ALPNProtocols: ['h2'],
        })
      : connectTcp(options)
    socket.on('error', () => undefined)
    socket.write(bytes)
    await Promise.race([new Promise((resolve) => socket.once('close', resolve)), pause(50)])
    socket.destroy()
  }
}
