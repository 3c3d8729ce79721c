import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { freshOrigin } from './remove-bytes.ts'

test('a fresh origin follows from its request, in its trace, and is not what the request waits for', () => {
  const trace = { correlationId: randomUUID(), first: 1, second: 2, third: 3, fourth: 4 }
  const { correlationId } = trace
  const span = { trace, id: { high: 5, low: 6 } }
  const [commandId, actorId] = [randomUUID(), 'ann']
  const origin = { commandId, actorId, correlationId, span, onRecorded: () => undefined }
  const { commandId: fresh, ...rest } = freshOrigin(origin)
  expect(rest).toEqual({ actorId, correlationId, span, causationId: commandId })
  expect(fresh).not.toBe(commandId)
})
