import { expect, test } from 'vitest'
import { listBridges, skipRefusedEvent } from './bridges.ts'

const bridge = {
  name: 'kafka',
  position: '7',
  head: '9',
  lagEvents: 2,
  lagSeconds: 1.25,
  parked: 1,
}
const parked = {
  id: 'letter-1',
  kind: 'bridge',
  name: 'kafka',
  key: 'post-1',
  position: '7000',
  type: 'PostCreated',
  error: 'Kafka refused a message: MESSAGE_TOO_LARGE',
  attempts: 2,
  at: '2030-01-01T00:00:00.000Z',
}
const saga = { ...parked, id: 'letter-2', kind: 'saga', name: 'fulfilment' }

/** Runs a command against these answers. @returns its lines, and what it has requested */
const ran = async (
  run: (session: never) => Promise<void>,
  { bridges = [bridge] }: { readonly bridges?: readonly object[] } = {},
) => {
  const lines: string[] = []
  const requests: string[] = []
  const call = async (_: unknown, method: string, path: string, body?: object) => {
    requests.push([method, path, ...(body ? [JSON.stringify(body)] : [])].join(' '))
    if (path.includes('/bridges')) return { bridges }
    return { deadLetters: [parked, saga], total: 2 }
  }
  const session = { client: { call }, out: (line: string) => void lines.push(line) }
  await run(session as never)
  return { lines, requests }
}

test('bridges are listed with their lag, and the streams that they have parked', async () => {
  const { lines } = await ran((session) => listBridges(session, {}))
  const text = lines.join('\n')
  expect(text).toMatch(/kafka\s+7\s+2\s+1\.3/)
  expect(text).toMatch(/letter-1\s+kafka\s+post-1\s+PostCreated\s+7000\s+2/)
  expect(text).not.toContain('fulfilment')
})

test('without a broker there is a line that says so', async () => {
  const { lines } = await ran((session) => listBridges(session, {}), { bridges: [] })
  expect(lines).toEqual(['No broker is configured.'])
})

test('a skip is requested of the dead letter at its position', async () => {
  const { requests } = await ran((session) => skipRefusedEvent(session, 'a/b', '7', { yes: true }))
  expect(requests).toEqual(['POST /admin/dead-letters/a%2Fb/skip {"position":"7"}'])
})
