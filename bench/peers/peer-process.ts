/**
 * Measures commands of one peer in a process of its own, whose `usage` the bench requests: `node peer-process.ts <module>
 * <url>`. Prints its readiness; for each line `<seconds>` that it reads, it executes commands for that time and prints
 * their number and rate.
 */
import { randomUUID } from 'node:crypto'
import { createInterface } from 'node:readline'
import { callers, inParallel } from '../support/load.ts'
import { usageOfThis } from '../support/usage.ts'
import type { OpenPeer, PeerEvent } from './peer.ts'
import { together } from './workload.ts'

const [module = '', url = ''] = process.argv.slice(2)
const { open } = (await import(module)) as { readonly open: OpenPeer }
const peer = await open(url, { callers: together.callers })

const adjusted = (quantity: number): PeerEvent => ({
  type: 'StockAdjusted',
  data: { quantity: quantity + 1, delta: 1, reason: 'bench' },
  metadata: { correlationId: randomUUID(), actorId: randomUUID() },
})
const streams = Array.from({ length: together.streams }, () => randomUUID())
const begun = Array.from({ length: together.events }, (_, index) => adjusted(index))
await inParallel(streams, together.callers, (stream) => peer.seed(stream, begun))

/** Streams without a running command, as the peers handle conflicts differently. */
const free = [...streams]
const command = async (): Promise<void> => {
  const stream = free.shift()!
  await peer.command(stream, adjusted)
  free.push(stream)
}

const say = (answer: object) => process.stdout.write(`${JSON.stringify(answer)}\n`)
say({ ready: true })
for await (const line of createInterface({ input: process.stdin })) {
  const { cpu } = usageOfThis()
  const { rate, latencies } = await callers(together.callers, Number(line), command)
  say({ rate, count: latencies.length, cpu: usageOfThis().cpu - cpu })
}
await peer.close().catch(() => undefined)
process.exit(0)
