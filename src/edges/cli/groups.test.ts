import { expect, test } from 'vitest'
import { listGroups, replayGroup } from './groups.ts'

const at = '2030-01-01T00:00:00.000Z'
const groups = [
  {
    source: '$all',
    name: 'mail',
    state: 'behind',
    parked: 2,
    measured: { at, lag: 1_200, consumers: 3, inFlight: 7 },
  },
  { source: 'order-1', name: 'new', state: 'unknown', parked: 0 },
]

/** Runs a command against these answers. @returns its lines, and what it has requested */
const ran = async (
  run: (session: never) => Promise<void>,
  {
    listed = groups,
    messages = 0,
  }: { readonly listed?: readonly object[]; messages?: number } = {},
) => {
  const lines: string[] = []
  const requests: string[] = []
  const call = async (_: unknown, method: string, path: string, body?: object) => {
    requests.push([method, path.split('?')[0], ...(body ? [JSON.stringify(body)] : [])].join(' '))
    return method === 'POST' ? { messages } : { groups: listed, total: listed.length }
  }
  const session = { client: { call }, out: (line: string) => void lines.push(line) }
  await run(session as never)
  return { text: lines.join('\n'), requests }
}

test('groups are listed with their lag and their parked messages, and when that was measured', async () => {
  const { text } = await ran((session) => listGroups(session, {}))
  expect(text).toMatch(
    /STREAM\s+GROUP\s+STATE\s+BEHIND\s+CONSUMERS\s+IN FLIGHT\s+PARKED\s+MEASURED/,
  )
  expect(text).toMatch(/\$all\s+mail\s+behind\s+1,200\s+3\s+7\s+2\s+2030-01-01/)
  expect(text).toMatch(/order-1\s+new\s+unknown\s+-\s+-\s+-\s+0\s+-/)
  const { text: none } = await ran((session) => listGroups(session, {}), { listed: [] })
  expect(none).toBe('There is no persistent subscription.')
})

test('a replay is requested of the group by its names', async () => {
  const { text, requests } = await ran(
    (session) => replayGroup(session, '$all', 'a/b', { limit: 5 }),
    { messages: 5 },
  )
  expect(requests).toEqual([
    'POST /admin/consumer-groups/replay {"source":"$all","name":"a/b","limit":5}',
  ])
  expect(text).toBe('5 parked messages of a/b on $all are delivered again.')
  const { text: single } = await ran((session) => replayGroup(session, '$all', 'a/b', {}), {
    messages: 1,
  })
  expect(single).toBe('1 parked message of a/b on $all is delivered again.')
  const { text: none } = await ran((session) => replayGroup(session, 'order-1', 'mail', {}))
  expect(none).toBe('No message of mail on order-1 is parked.')
})
