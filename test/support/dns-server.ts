import { createSocket } from 'node:dgram'
import { once } from 'node:events'

/** What a name stands for; `failing` when the server cannot tell. */
export type NameRecords =
  | 'failing'
  | {
      readonly A?: readonly string[]
      readonly AAAA?: readonly string[]
      readonly SRV?: readonly {
        readonly priority: number
        readonly port: number
        readonly name: string
      }[]
    }

/** A server of names on this machine, over UDP (RFC 1035). Names may change at any time; unknown ones do not exist. */
export type DnsServer = AsyncDisposable & {
  /** `127.0.0.1:5353` */
  readonly address: string
  readonly names: Map<string, NameRecords>
}

/** A day, for clients that cache by it: changes have to be seen all the same. */
const ttl = 86_400

const u16 = (...values: readonly number[]): Buffer => {
  const buffer = Buffer.alloc(2 * values.length)
  values.forEach((value, index) => buffer.writeUInt16BE(value, 2 * index))
  return buffer
}
const nameBytes = (name: string): Buffer =>
  Buffer.concat([
    ...name.split('.').map((label) => Buffer.from([label.length, ...Buffer.from(label)])),
    Buffer.of(0),
  ])
/** Sixteen bytes of an address whose `::` is in the middle. */
const ipv6Bytes = (address: string): Buffer => {
  const [head = [], tail = []] = address
    .split('::')
    .map((side) => side.split(':').map((group) => Number.parseInt(group, 16)))
  return u16(...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail)
}

const recordsOf = (type: number, { A, AAAA, SRV }: Exclude<NameRecords, string>): Buffer[] => {
  if (type === 1) return (A ?? []).map((address) => Buffer.from(address.split('.').map(Number)))
  if (type === 28) return (AAAA ?? []).map(ipv6Bytes)
  if (type !== 33) return []
  return (SRV ?? []).map(({ priority, port, name }) =>
    Buffer.concat([u16(priority, 0, port), nameBytes(name)]),
  )
}

const answerTo = (query: Buffer, names: ReadonlyMap<string, NameRecords>): Buffer => {
  const labels: string[] = []
  let at = 12
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  const question = query.subarray(12, at + 5)
  const type = query.readUInt16BE(at + 1)
  const found = names.get(labels.join('.').toLowerCase())
  const code = found === undefined ? 3 : found === 'failing' ? 2 : 0
  const answers = found === undefined || found === 'failing' ? [] : recordsOf(type, found)
  return Buffer.concat([
    query.subarray(0, 2),
    u16(0x8580 | code, 1, answers.length, 0, 0),
    question,
    ...answers.map((data) =>
      // Name, type, class IN, time to live, length of the data.
      Buffer.concat([u16(0xc00c, type, 1, ttl >> 16, ttl & 0xffff, data.length), data]),
    ),
  ])
}

/** Starts one on a free port. */
export const startDns = async (): Promise<DnsServer> => {
  const names = new Map<string, NameRecords>()
  const socket = createSocket('udp4')
  socket.on('message', (query, { port, address }) =>
    socket.send(answerTo(query, names), port, address),
  )
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return {
    address: `127.0.0.1:${socket.address().port}`,
    names,
    [Symbol.asyncDispose]: () => new Promise((closed) => void socket.close(() => closed())),
  }
}
