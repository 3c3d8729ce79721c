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
])('only "yes" confirms: "%s" gives %s', async (typed, expected) => {
  const [stdin, stderr] = [terminal(), terminal()]
  stdin.end(`${typed}\n`)
  const { signal } = new AbortController()
  expect(await confirm('Delete everything?', { stdin, stderr, signal })).toBe(expected)
  stderr.end()
  expect(await text(stderr)).toContain('Delete everything?')
})

test('without a terminal, confirmation requires --yes', async () => {
  const { signal } = new AbortController()
  const stderr = terminal()
  const answered = Object.assign(new PassThrough(), { isTTY: false })
  answered.end('yes\n')
  for (const stdin of [undefined, new PassThrough(), answered])
    await expect(confirm('Sure?', { stdin, stderr, signal })).rejects.toThrow('add --yes')
  const piped = new PassThrough()
  const confirmed = confirm('Sure?', { stdin: terminal(), stderr: piped, signal })
  await expect(confirmed).rejects.toThrow(BadUsage)
})

test('an interrupted question rejects', async () => {
  const interrupted = new AbortController()
  const confirmed = confirm('Sure?', {
    stdin: terminal(),
    stderr: terminal(),
    signal: interrupted.signal,
  })
  interrupted.abort()
  await expect(confirmed).rejects.toThrow('aborted')
})
