import { once } from 'node:events'
import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Bench } from './support/bench.ts'
import { medianCost, meter } from './support/costs.ts'
import { atLeast, atMost, type Measure } from './support/measure.ts'
import { startServer } from './support/process.ts'
import { quietRounds } from './support/rounds.ts'
import { openShop, prefix } from './support/shop.ts'
import { median } from './support/statistics.ts'

const mebibyte = 1_024 ** 2

/** Goals: share of the throughput of the bare server, and growth of resident memory in MiB. */
const goals = { throughput: 0.7, memory: 50 }

const bareServer = join(import.meta.dirname, 'support/bare-uploads.ts')

const boundary = 'bench'
const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n`
const tail = `\r\n--${boundary}--\r\n`
/** The beginning of an MP4, then what makes each file another one. */
const beginning = (nth: number) =>
  Buffer.concat([
    Buffer.from('\0\0\0\x18ftypisom\0\0\x02\0isomiso2', 'latin1'),
    Buffer.alloc(8, String(nth).padStart(8, '0')),
  ])

/** Resident memory of a process, in MiB. */
const memoryOf = async (pid: number): Promise<number> => {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1_024
}

let files = 0

/** Uploads one file. @returns MiB a second */
const upload = async (url: string, size: number, headers: Readonly<Record<string, string>>) => {
  const first = beginning((files += 1))
  const began = performance.now()
  const sent = request(url, {
    method: 'POST',
    headers: {
      ...headers,
      'content-type': `multipart/form-data; boundary=${boundary}`,
      'content-length': head.length + size + tail.length,
    },
  })
  sent.write(head)
  sent.write(first)
  const answered = once(sent, 'response')
  const piece = Buffer.alloc(mebibyte, 'v')
  for (let left = size - first.length; left > 0; left -= piece.length)
    if (!sent.write(piece.subarray(0, left))) await once(sent, 'drain')
  sent.end(tail)
  const [response] = await answered
  const answer = await text(response)
  if (response.statusCode >= 300) throw new Error(`An upload was refused: ${answer}`)
  return size / mebibyte / ((performance.now() - began) / 1_000)
}

const empty = async (folder: string) => {
  for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true })
}

/** Uploads of a large file, relative to a bare server that streams it into a file. */
export default async (bench: Bench): Promise<readonly Measure[]> => {
  const folder = join(bench.folder, 'bare-uploads')
  await mkdir(folder)
  await using shop = await openShop(bench, { products: 1, env: { MEDIA_MAX_PER_PERSON: '20g' } })
  await using bare = await startServer(bench, bareServer, { UPLOADS: folder })
  const size = bench.many(200) * mebibyte
  const authorization = `Bearer ${shop.admin}`
  const uploads = {
    agora: (bytes = size) =>
      upload(`${shop.server.url}${prefix}/media/upload`, bytes, { authorization }),
    bare: (bytes = size) => upload(`${bare.url}/upload`, bytes, {}),
  }
  await uploads.agora(20 * mebibyte)
  await uploads.bare(20 * mebibyte)

  const { rounds, note } = await quietRounds(bench.rounds(4), async () => {
    await shop.database.checkpoint()
    const before = await memoryOf(shop.server.pid)
    let most = before
    const watching = setInterval(
      () => void memoryOf(shop.server.pid).then((one) => (most = Math.max(most, one))),
      50,
    )
    const ended = await meter(bench, shop.server)
    const agora = await uploads.agora()
    const cost = await ended(1)
    clearInterval(watching)
    const reference = await uploads.bare()
    await empty(folder)
    return { agora, cost, bare: reference, growth: most - before }
  })
  await shop.server.profiled('uploads', () => uploads.agora())

  const ratio = median(rounds.map(({ agora, bare: reference }) => agora / reference))
  const growth = Math.max(...rounds.map((one) => one.growth))
  return [
    {
      what: `upload of ${size / mebibyte} MiB`,
      figure: median(rounds.map(({ agora }) => agora)),
      unit: 'MiB/s',
      reference: { what: 'bare stream to disk', figure: median(rounds.map((one) => one.bare)) },
      ratio,
      cost: medianCost(rounds.map(({ cost }) => cost)),
      goal: atLeast(goals.throughput, '', ratio),
      notes: [note],
    },
    {
      what: 'growth of resident memory meanwhile, greatest of all rounds',
      figure: growth,
      unit: 'MiB',
      goal: atMost(goals.memory, 'MiB', growth),
    },
  ]
}
