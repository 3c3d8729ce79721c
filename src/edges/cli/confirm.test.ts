import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { confirm } from './confirm.ts'
import { BadUsage } from './failure.ts'

const terminal = () => Object.assign(new PassThrough(), { isTTY: true })

test.each([
  ['yes', true],
  [' yes ', true],
  ['y', false],
  ['no', false],
  ['', false],
])('a person who types "%s" is taken by their word', async (typed, expected) => {
  const [stdin, stderr] = [terminal(), terminal()]
  stdin.end(`${typed}\n`)
  const { signal } = new AbortController()
  expect(await confirm('Burn the house down?', { stdin, stderr, signal })).toBe(expected)
  stderr.end()
  expect(await text(stderr)).toContain('Burn the house down?')
})

test('where there is no terminal, nothing is done without --yes', async () => {
  const { signal } = new AbortController()
  const stderr = terminal()
  const answered = Object.assign(new PassThrough(), { isTTY: false })
  answered.end('yes\n')
  for (const stdin of [undefined, new PassThrough(), answered])
    await expect(confirm('Sure?', { stdin, stderr, signal })).rejects.toThrow('add --yes')
  const piped = new PassThrough()
  const asked = confirm('Sure?', { stdin: terminal(), stderr: piped, signal })
  await expect(asked).rejects.toThrow(BadUsage)
})

test('whoever interrupts says no', async () => {
  const interrupted = new AbortController()
  const asked = confirm('Sure?', {
    stdin: terminal(),
    stderr: terminal(),
    signal: interrupted.signal,
  })
  interrupted.abort()
  await expect(asked).rejects.toThrow('aborted')
})
