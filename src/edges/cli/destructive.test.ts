import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ranHere } from '../../../test/support/cli.ts'
import { Failed } from './failure.ts'
import { runCli } from './program.ts'

/** Commands that cannot be undone, as typed. A new command belongs here or below. */
const destructive = [
  ['forget', 'ada'],
  ['rotate-keys', '--revoke'],
  ['archives', '--remove-restored'],
  ['bridges', 'skip', 'a-letter', '7'],
]

/** Commands that change nothing, or can be undone or repeated: a rebuild, a copy that is switched back. */
const harmless =
  'projections census rebuild audit pause resume sagas saga dead-letters groups media categories streams replay export what-if copy verify-log archive restore-archive serve-log help'

/** What was requested from a server that answers 500, or opened. */
const requests: string[] = []
const server = createServer(({ method, url }, response) => {
  requests.push(`${method} ${url}`)
  response.writeHead(500).end('{}')
})
let url: string
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => void server.close())

const run = async (args: readonly string[], stdin?: PassThrough) => {
  const stderr = Object.assign(new PassThrough(), { isTTY: true })
  const unused = async (): Promise<never> => {
    requests.push('log')
    throw new Failed('No log is here')
  }
  const code = await runCli(['--url', url, '--token', 'x', ...args], {
    env: {},
    ...(stdin && { stdin }),
    stdout: new PassThrough(),
    stderr,
    signal: new AbortController().signal,
    openLog: async () => undefined,
    eventTypes: async () => new Set(),
    tryRules: unused,
    logs: {
      open: unused,
      serve: unused,
      switchTo: unused,
      verify: unused,
      census: unused,
      archives: unused,
    },
  })
  stderr.end()
  return { code, output: await text(stderr) }
}

test.each(destructive)('%s %s without a terminal requires --yes', async (...args) => {
  const answers = new PassThrough()
  answers.end('yes\n')
  const empty = new PassThrough()
  empty.end()
  for (const stdin of [answers, empty, undefined]) {
    const { code, output } = await run(args, stdin)
    expect([code, requests]).toEqual([2, []])
    expect(output).toContain('add --yes')
  }
  await run([...args, '--yes'])
  expect(requests.splice(0).length).toBeGreaterThan(0)
})

test('every command prints its help, also those of two words', async () => {
  const names = [...harmless.split(' '), ...destructive.map(([name = '']) => name)]
  for (const name of ['', 'dead-letters retry', ...names.filter((one) => one !== 'help')]) {
    const words = name.split(' ').filter(Boolean)
    const { code, out, stderr } = await ranHere([...words, '--help'], {})
    expect([code, stderr]).toEqual([0, ''])
    expect(out).toContain(`Usage: agora ${name}`)
  }
})

test('every command is listed as destructive or harmless', async () => {
  const { out } = await ranHere(['--help'], {})
  const listed = out.split('Commands:')[1] ?? ''
  const names = [...listed.matchAll(/^ {2}([a-z][\w-]*)/gm)].map(([, name]) => name)
  expect(names.length).toBeGreaterThan(10)
  expect(new Set(names)).toEqual(
    new Set([...harmless.split(' '), ...destructive.map(([name]) => name)]),
  )
})
