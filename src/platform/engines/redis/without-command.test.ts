import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { withoutCommand } from './without-command.ts'

const refused = (why: string, cause?: unknown): Error =>
  Object.assign(new Error(why, { cause }), { command: { name: 'auth', args: ['hunter2'] } })

test('the command is removed from an error of Redis and from its causes', () => {
  const errors = [
    refused('WRONGPASS'),
    new Error('Redis cannot be reached', { cause: refused('WRONGPASS') }),
    refused('lost', new Error('within', { cause: refused('WRONGPASS') })),
  ]
  for (const error of errors) {
    expect(withoutCommand(error)).toBe(error)
    expect(inspect(error, { depth: 10 })).toContain('WRONGPASS')
    expect(inspect(error, { depth: 10 })).not.toContain('hunter2')
  }
})
