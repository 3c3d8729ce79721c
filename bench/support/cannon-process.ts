/** Sends requests from a process apart from the measuring one. The parent sends the target, and receives the result. */
import autocannon from 'autocannon'
import type { Shot, Volley } from './cannon.ts'
import { usageOfThis } from './usage.ts'

const shuffled = <T>(items: readonly T[]): T[] =>
  items
    .map((item) => ({ item, place: Math.random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ item }) => item)

const fire = async ({ url, connections, seconds, requests }: Volley): Promise<Shot> => {
  const { cpu } = usageOfThis()
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    sampleInt: 100,
    requests: requests.slice(0, 1),
    // Each connection has an order of its own; in step they would request the same resources at once.
    setupClient: (client) => client.setRequests(shuffled(requests)),
  })
  return {
    rate: result['2xx'] / result.duration,
    count: result['2xx'],
    cpu: usageOfThis().cpu - cpu,
    p50: result.latency.p50,
    p99: result.latency.p99,
    failed: result.non2xx + result.errors + result.timeouts,
  }
}

process.on('message', (volley: Volley) => {
  void fire(volley).then((shot) => process.send?.(shot))
})
process.once('disconnect', () => process.exit())
