import { expect, test } from 'vitest'
import type { ReadModel } from './answers.ts'
import { listProjections } from './projections.ts'

const model: ReadModel = {
  name: 'notifications',
  version: 3,
  generation: 2,
  store: 'postgres',
  declaredStore: 'mongo',
  status: 'live',
  position: '7',
  lagEvents: 0,
  lagSeconds: 0,
  parked: 0,
}

const printed = async (projections: readonly ReadModel[]): Promise<readonly string[]> => {
  const lines: string[] = []
  const call = () => Promise.resolve({ projections } as never)
  const session = { client: { call }, out: (line: string) => void lines.push(line) }
  await listProjections(session as never, {})
  return lines
}

test('the list of read models names the stores that have documents and are not configured any more', async () => {
  expect(await printed([model])).toHaveLength(2)
  const remains = await printed([
    { ...model, remainsIn: ['mongo'] },
    { ...model, name: 'inboxes', remainsIn: ['mongo'] },
  ])
  expect(remains.at(-1)).toBe(
    'Documents of notifications, inboxes remain in mongo: set MONGO_URL_BEFORE to its URL until this line is gone.',
  )
})

test('the list shows what a read model promises, and the share that met it, never rounded up', async () => {
  const promise = { within: 1_500, reads: { met: 9_999, missed: 1 }, events: { met: 3, missed: 0 } }
  const [head = '', row = '', ofEarlier = ''] = await printed([{ ...model, promise }, model])
  expect(head).toMatch(/PROMISED\s+EVENTS IN TIME\s+READS IN TIME/)
  expect(row).toMatch(/ 1\.5 s\s+100\.0 %\s+99\.9 %/)
  expect(ofEarlier).not.toContain('%')
})
