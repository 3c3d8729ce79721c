import { expect, test } from 'vitest'
import { chores } from './index.ts'
import type { JobPorts } from '../serving/job-ports.ts'
import { boundChore } from '../serving/chore.ts'

const mayIdle = chores.filter(({ reads }) => reads !== undefined)

test('some chores may be idle', () => expect(mayIdle.length).toBeGreaterThan(4))

test.each(mayIdle)(
  '$name is woken by all events of what it reads, and by no others',
  async (chore) => {
    const read = new Set<string>()
    const ports = {
      clock: () => new Date('2030-01-01T00:00:00Z'),
      readModels: {
        find: async ({ reads }: { readonly reads: readonly string[] }) => {
          for (const type of reads) read.add(type)
          return { documents: [], total: 0, position: 0n }
        },
      },
      executor: {
        stateOf: async (decider: { readonly events: object; readonly initialState: unknown }) => {
          for (const type of Object.keys(decider.events)) read.add(type)
          return { state: decider.initialState }
        },
      },
    }
    // Everything else would be a failure: it is not there.
    const { run, types } = boundChore(chore, ports as unknown as JobPorts)
    await (await run())?.dueIn()
    expect(types?.toSorted()).toEqual([...read].toSorted())
  },
)
