import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { confirm } from './confirm.ts'

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

test('a script is not asked', async () => {
  const { signal } = new AbortController()
  const stderr = terminal()
  for (const stdin of [undefined, new PassThrough()])
    expect(await confirm('Sure?', { stdin, stderr, signal })).toBe(true)
  const piped = new PassThrough()
  expect(await confirm('Sure?', { stdin: terminal(), stderr: piped, signal })).toBe(true)
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
