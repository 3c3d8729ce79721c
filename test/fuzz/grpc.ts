import fc, { type Arbitrary } from 'fast-check'
import { Client, credentials, Metadata, status as codes, type ServiceError } from '@grpc/grpc-js'
import { messageOf } from '#kernel/error-message'
import { modules } from '../../src/domains/index.ts'
import {
  grpcAudience,
  internalCalls,
  internalHeader,
} from '../../src/platform/security/internal-calls.ts'
import { secretsFrom } from '../../src/platform/security/keys/secrets.ts'
import type { AnyRoute } from '../../src/serving/route.ts'
import { clientContracts, failureIn } from '../support/grpc.ts'
import type { Finding } from './support/findings.ts'
import { valid, withRefs } from './support/from-schema.ts'
import { badTokens, oddHeaders } from './support/hostile.ts'
import { inLanes } from './support/lanes.ts'
import { mutated, someMutations } from './support/mutations.ts'
import type { Part } from './support/part.ts'
import { callers, type CallerName } from './support/requests.ts'
import { seedOf, tryMany } from './support/shrinking.ts'
import { resolved } from './support/values.ts'

/** Time in which a call must end, in ms. */
const patience = 30_000

/** Codes by which gRPC says that the server has failed. */
const faults = new Set(['UNKNOWN', 'INTERNAL', 'DATA_LOSS', 'DEADLINE_EXCEEDED', 'UNIMPLEMENTED'])

/** Reasons of UNAVAILABLE that a server may give that is behind or busy. */
const outages = new Set(['not_caught_up', 'too_slow', 'overloaded'])

/** A call. */
type Called = {
  readonly as: CallerName
  readonly authorization: string | undefined
  readonly metadata: readonly (readonly [name: string, value: string])[]
  /** Messages: one, but for a stream of requests. */
  readonly messages: readonly unknown[]
  /** Sent in place of the messages. */
  readonly bytes: Buffer | undefined
}

const bytesOf: Arbitrary<Buffer> = fc
  .oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.constant(new Uint8Array([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f])),
    fc.constant(new Uint8Array(70_000).fill(0x0b)),
  )
  .map((bytes) => Buffer.from(bytes))

/** Fields of a request, from the parameters, the query and the body of the route. */
const fieldsOf = ({ params, query, body, example }: AnyRoute): Arbitrary<object> =>
  fc
    .tuple(
      ...[params, query].map((schema) =>
        schema ? (valid(schema) as Arbitrary<object>) : fc.constant({}),
      ),
      body ? (withRefs(body, example ?? {}) as Arbitrary<object>) : fc.constant({}),
    )
    .map((parts) => Object.assign({}, ...parts) as object)

/** Messages of a stream of files: in order, and not. */
const fileParts: Arbitrary<readonly unknown[]> = fc.oneof(
  fc.constant([{ file: { name: 'a.txt' } }, { chunk: Buffer.from('Some text') }]),
  fc.array(
    fc.constantFrom<unknown>(
      { file: { name: 'a.txt' } },
      { file: { name: '"\r\n\u0000' } },
      { file: {} },
      { chunk: Buffer.from('%PDF-1.4') },
      { chunk: Buffer.alloc(100_000) },
      { chunk: Buffer.alloc(0) },
      {},
    ),
    { maxLength: 6 },
  ),
)

/** Names of metadata exclude those of the connection. */
const metadata = oddHeaders.filter(
  ([name, value]) =>
    !/^(host|upgrade|te|expect|content-encoding|accept-encoding)$/.test(name) &&
    /^[ -~]*$/.test(value),
)

const callsOf = (route: AnyRoute): Arbitrary<Called> =>
  fc
    .record({
      as: fc.oneof(fc.constantFrom<CallerName>('buyer', 'admin'), fc.constantFrom(...callers)),
      bad: fc.oneof(
        { weight: 19, arbitrary: fc.constant(undefined) },
        {
          weight: 1,
          arbitrary: fc.constantFrom(...badTokens.filter((one) => /^[ -~]*$/.test(one))),
        },
      ),
      odd: fc.oneof(
        { weight: 7, arbitrary: fc.constant([]) },
        {
          weight: 3,
          arbitrary: fc.array(fc.constantFrom(...metadata), { minLength: 1, maxLength: 2 }),
        },
      ),
      messages: route.upload
        ? fileParts
        : fc.tuple(fieldsOf(route), someMutations).map(([fields, some]) => [mutated(fields, some)]),
      bytes: fc.oneof(
        { weight: 19, arbitrary: fc.constant(undefined) },
        { weight: 1, arbitrary: bytesOf },
      ),
    })
    .map(({ as, bad, odd, messages, bytes }) => ({
      as,
      authorization: bad,
      metadata: odd,
      messages,
      bytes,
    }))

/** Every RPC, with valid, mutated and broken messages. */
export const grpc: Part = async ({ served, stage, seed, requests, findings, note, count }) => {
  const client = new Client(`127.0.0.1:${served.grpcPort}`, credentials.createInsecure())
  const { tokenFor } = internalCalls(secretsFrom(served.secret)('grpc-calls'))
  const outcomes = new Map<string, number>()

  const rpcs = modules
    .flatMap(({ routes }) => routes)
    .flatMap((route) =>
      (route.rpcs ?? []).map(({ name }) => {
        const [service = '', method = ''] = name.split('/')
        const found = clientContracts.services.get(service)?.[method]
        if (!found) throw new Error(`There is no RPC ${name}`)
        return { name, route, found }
      }),
    )

  /** Calls an RPC. @returns its error, if it has failed */
  const call = (
    { found }: (typeof rpcs)[number],
    called: Called,
    token: string | undefined,
    messages: readonly Buffer[],
  ): Promise<ServiceError | null> =>
    new Promise((resolve) => {
      const all = new Metadata()
      const signed = called.authorization ?? (token === undefined ? undefined : `Bearer ${token}`)
      if (signed !== undefined) all.set('authorization', signed)
      const address = new Map(called.metadata).get('x-forwarded-for') ?? ''
      const call = { audience: grpcAudience, method: 'POST', url: found.path, userId: '', address }
      all.set(internalHeader, tokenFor(call))
      for (const [name, value] of called.metadata) all.set(name, value)
      const same = (bytes: Buffer) => bytes
      const options = { deadline: Date.now() + patience }
      const { path, responseDeserialize: read, requestStream, responseStream } = found
      if (requestStream) {
        const sent = client.makeClientStreamRequest(path, same, read, all, options, resolve)
        sent.on('error', () => undefined)
        for (const message of messages) sent.write(message)
        sent.end()
      } else if (responseStream) {
        const parts = client.makeServerStreamRequest(
          path,
          same,
          read,
          messages[0] ?? Buffer.alloc(0),
          all,
          options,
        )
        parts.on('error', resolve)
        parts.on('data', () => undefined)
        parts.on('end', () => resolve(null))
      } else
        client.makeUnaryRequest(
          path,
          same,
          read,
          messages[0] ?? Buffer.alloc(0),
          all,
          options,
          resolve,
        )
    })

  const attempt = async (
    rpc: (typeof rpcs)[number],
    called: Called,
  ): Promise<Finding | undefined> => {
    const { as, bytes } = called
    const find = stage.pool.findFor(as)
    const plain = called.messages.map((one) => (rpc.route.upload ? one : resolved(one, find)))
    let messages: readonly Buffer[]
    try {
      messages = bytes
        ? [bytes]
        : plain.map((one) => Buffer.from(rpc.found.requestSerialize(Object(one))))
    } catch {
      // No client can write this message.
      return undefined
    }
    const finding = (what: string, detail: string): Finding => ({
      part: 'grpc',
      where: rpc.name,
      what,
      detail,
      reproduction: `as ${as}: ${bytes ? `bytes ${bytes.toString('hex').slice(0, 200)}` : JSON.stringify(plain).slice(0, 2_000)}, metadata ${JSON.stringify([called.authorization, ...called.metadata])}`,
    })
    count()
    try {
      const error = await call(rpc, called, stage.personOf(as)?.token, messages)
      const code = error ? codes[error.code] : 'OK'
      outcomes.set(code, (outcomes.get(code) ?? 0) + 1)
      if (!error) return undefined
      const { reason, details } = failureIn(error)
      if (code === 'UNAUTHENTICATED' && called.authorization === undefined)
        await stage.reviveIfGone(as)
      if (code === 'UNAVAILABLE') {
        if (outages.has(reason ?? '')) {
          note(`${rpc.name}: ${reason}`)
          return undefined
        }
        return finding(`UNAVAILABLE ${reason ?? ''}`, details)
      }
      // The library answers a message that it cannot read with INTERNAL.
      if (bytes && code === 'INTERNAL' && /deserializ/i.test(details)) return undefined
      return faults.has(code) ? finding(code, `${reason}: ${details}`) : undefined
    } catch (error) {
      return finding('no call', messageOf(error))
    }
  }

  const runs = Math.max(1, Math.ceil(requests / rpcs.length))
  await inLanes(4, [...rpcs.entries()], ([at, rpc]) =>
    tryMany(
      callsOf(rpc.route),
      { seed: seedOf(seed, 2_000, at), runs, known: findings },
      (called) => attempt(rpc, called),
    ),
  )
  client.close()
  note(
    `codes: ${[...outcomes]
      .toSorted(([, a], [, b]) => b - a)
      .map(([code, number]) => `${code}: ${number}`)
      .join(', ')}`,
  )
}
