import { randomUUID } from 'node:crypto'
import { Type } from 'typebox'
import { describe, expect, test } from 'vitest'
import { catalogue, decider, Fields, Id, isRefusal, Nothing, refuse } from '#kernel'
import { newId } from '#kernel/testing'
import { validatingLog } from '../platform/storage/event-log/validating-log.ts'
import { memoryEventLog } from '../platform/storage/event-log/memory.ts'
import type { EventLog } from '../platform/storage/event-log/port.ts'
import { memorySnapshots } from '../platform/storage/snapshots/memory.ts'
import { Unavailable } from '../platform/unavailable.ts'
import { executor } from './execute.ts'
import { BasisMoved } from './execution.ts'
import { restingOn } from './resting-on.ts'

const BoardId = Id('BoardId')

/** A board with a rule on it, and the notes that were pinned to it under that rule. */
const board = decider({
  name: 'board',
  id: BoardId,
  commands: { SetRule: Fields({ rule: Type.String() }), Clear: Nothing },
  events: { RuleSet: Fields({ rule: Type.String() }), Cleared: Nothing },
  refusals: {},
}).rules<{ rule: string | undefined }>({
  initialState: { rule: undefined },
  decide: {
    SetRule: ({ rule }) => [{ type: 'RuleSet', data: { rule } }],
    Clear: () => [{ type: 'Cleared', data: {} }],
  },
  evolve: {
    RuleSet: (_, { rule }) => ({ rule }),
    Cleared: () => ({ rule: undefined }),
  },
})

const NotesId = Id('NotesId')
const notes = decider({
  name: 'notes',
  id: NotesId,
  commands: { Pin: Fields({ under: Type.String() }) },
  events: { Pinned: Fields({ under: Type.String() }) },
  refusals: { Forbidden: 'The rule forbids all notes.' },
}).rules<{ under: readonly string[] }>({
  initialState: { under: [] },
  decide: {
    Pin: (data, { under }) => {
      if (data.under === 'forbidden') return refuse('Forbidden')
      return under.at(-1) === data.under ? [] : [{ type: 'Pinned', data }]
    },
  },
  evolve: { Pinned: ({ under }, pinned) => ({ under: [...under, pinned.under] }) },
})

const declared = catalogue([board, notes])
const origin = () => ({ commandId: randomUUID(), actorId: 'ann', correlationId: randomUUID() })

/** Two processes on one log; `reads` counts the stream reads of the second one. */
const twoProcesses = (under: EventLog = validatingLog(memoryEventLog(), declared)) => {
  let reads = 0
  const counted: EventLog = {
    ...under,
    read: (...args) => {
      reads += 1
      return under.read(...args)
    },
  }
  const on = (log: EventLog) => executor({ log, snapshots: memorySnapshots(), catalogue: declared })
  const elsewhere = on(under)
  const here = on(counted)
  const boardId = newId(BoardId)
  const setRule = async (rule: string) => {
    await elsewhere.execute(board, boardId, { type: 'SetRule', data: { rule } }, origin())
  }
  const clear = () => elsewhere.execute(board, boardId, { type: 'Clear', data: {} }, origin())
  /** @returns the rule that a note was pinned under */
  const pin = async (notesId = newId(NotesId)) => {
    const pinned = await restingOn(
      here,
      async (look) => {
        const { rule } = await look(board, boardId)
        if (rule === undefined) throw new Error('There is no rule')
        return rule
      },
      (rule, bases) =>
        here.execute(notes, notesId, { type: 'Pin', data: { under: rule } }, origin(), { bases }),
    )
    expect.assert(!isRefusal(pinned), 'It was refused')
    return pinned.state.under.at(-1)
  }
  const readsOf = async <T>(work: () => Promise<T>) => {
    reads = 0
    const value = await work()
    return { value, reads }
  }
  return { here, boardId, setRule, clear, pin, readsOf }
}

test('a command that rests on another stream reads it only after that stream has changed', async () => {
  const { setRule, pin, readsOf } = twoProcesses()
  await setRule('one')
  expect(await pin()).toBe('one')
  expect(await readsOf(pin)).toEqual({ value: 'one', reads: 0 })
  await setRule('two')
  expect((await readsOf(pin)).value).toBe('two')
  expect(await readsOf(pin)).toEqual({ value: 'two', reads: 0 })
})

test('a command is not refused on a stale state', async () => {
  const { setRule, clear, pin } = twoProcesses()
  await expect(pin()).rejects.toThrow('There is no rule')
  await setRule('one')
  expect(await pin()).toBe('one')
  await clear()
  await expect(pin()).rejects.toThrow('There is no rule')
})

test('a command is neither refused nor ignored on a stale state', async () => {
  const { setRule, clear, pin } = twoProcesses()
  await setRule('forbidden')
  await expect(pin()).rejects.toThrow('It was refused')
  await setRule('one')
  const id = newId(NotesId)
  expect(await pin(id)).toBe('one')
  await clear()
  // On the rule as it was, nothing would be left to do.
  await expect(pin(id)).rejects.toThrow('There is no rule')
})

test('a changed basis does not evict the cached state of the written stream', async () => {
  const { setRule, pin, readsOf } = twoProcesses()
  const id = newId(NotesId)
  await setRule('one')
  await pin(id)
  await setRule('two')
  await pin()
  await setRule('three')
  // One read of the board, none of the notes.
  expect(await readsOf(() => pin(id))).toEqual({ value: 'three', reads: 1 })
})

test('commands to one stream that rest on different revisions are checked separately', async () => {
  const { here, boardId, setRule, pin } = twoProcesses()
  await setRule('one')
  await pin()
  const { basis: stale } = await here.basisOf(board, boardId)
  await setRule('two')
  await pin()
  const { basis: fresh } = await here.basisOf(board, boardId)
  expect.assert(stale && fresh)
  const notesId = newId(NotesId)
  const outcomes = await Promise.allSettled(
    [stale, fresh, stale, fresh].map((basis, number) =>
      here.execute(notes, notesId, { type: 'Pin', data: { under: `${number}` } }, origin(), {
        bases: [basis],
      }),
    ),
  )
  expect(outcomes.map(({ status }) => status)).toEqual([
    'rejected',
    'fulfilled',
    'rejected',
    'fulfilled',
  ])
  expect(outcomes[0]).toMatchObject({ reason: expect.any(BasisMoved) })
  expect((await here.stateOf(notes, notesId)).state).toEqual({ under: ['1', '3'] })
})

test('bases are read for every command in a log that cannot check other streams', async () => {
  const { appendTogether: _, ...log } = validatingLog(memoryEventLog(), declared)
  const { setRule, pin, readsOf } = twoProcesses(log)
  await setRule('one')
  await pin()
  expect((await readsOf(pin)).reads).toBeGreaterThan(0)
  await setRule('two')
  expect(await pin()).toBe('two')
})

describe('a decision on known states', () => {
  const boardId = newId(BoardId)
  const basis = { stream: `board-${boardId}`, revision: 3 }
  /** Looks at a board; a known state has a basis, if it is asked for one. */
  const executing = (hasBasis: boolean) => {
    const looks: string[] = []
    const state = { rule: 'one' }
    const executor = {
      basisOf: () => {
        looks.push('known')
        return hasBasis ? { state, basis } : { state }
      },
      stateOf: async () => {
        looks.push('present')
        return { state, revision: 4, position: 9n }
      },
    }
    return { executor: executor as never, looks }
  }
  const recorded = { state: {}, events: [{}], position: 1n } as never

  test('is not made again when there is nothing that could have moved', async () => {
    const { executor, looks } = executing(false)
    const fault = new Error('a flaw')
    const throwing = restingOn(
      executor,
      (look) => {
        void look(board, boardId)
        throw fault
      },
      async () => recorded,
    )
    await expect(throwing).rejects.toBe(fault)
    expect(looks).toEqual(['known'])
    const refused = { refused: 'Forbidden' } as never
    const refusing = await restingOn(
      executor,
      (look) => look(board, boardId),
      async () => refused,
    )
    expect([refusing, looks]).toEqual([refused, ['known', 'known']])
  })

  test('is not made again for an outage', async () => {
    const { executor, looks } = executing(true)
    const away = new Unavailable('away')
    const preparing = restingOn(
      executor,
      (look) => {
        void look(board, boardId)
        throw away
      },
      async () => recorded,
    )
    await expect(preparing).rejects.toBe(away)
    expect(looks).toEqual(['known'])
  })

  test('fails with every error of its execution but a basis that has moved', async () => {
    const { executor, looks } = executing(true)
    const fault = new Error('a flaw')
    const failing = restingOn(
      executor,
      (look) => look(board, boardId),
      async () => {
        throw fault
      },
    )
    await expect(failing).rejects.toBe(fault)
    expect(looks).toEqual(['known'])
  })
})
