import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ranHere } from '../../../test/support/cli.ts'
import { runCli } from './program.ts'

/** What cannot be undone, as it is typed. A new command belongs here or below. */
const destructive = [
  ['forget', 'ada'],
  ['rotate-keys', '--revoke'],
]

/** What changes nothing, or can be undone or done again: a rebuild, a copy that is switched back. */
const harmless =
  'projections rebuild pause resume sagas saga dead-letters categories streams replay export what-if copy serve-log help'

/** Stands for an Agora: notes what it is asked, and does nothing. */
const asked: string[] = []
const server = createServer(({ method, url }, response) => {
  asked.push(`${method} ${url}`)
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
  const unused = async (): Promise<never> => Promise.reject(new Error('no log is meant'))
  const code = await runCli(['--url', url, '--token', 'x', ...args], {
    env: {},
    ...(stdin && { stdin }),
    stdout: new PassThrough(),
    stderr,
    signal: new AbortController().signal,
    openLog: async () => undefined,
    logs: { open: unused, serve: unused, switchTo: unused },
  })
  stderr.end()
  return { code, said: await text(stderr) }
}

test.each(destructive)('%s %s does nothing off a terminal without --yes', async (...args) => {
  const answers = new PassThrough()
  answers.end('yes\n')
  const nothing = new PassThrough()
  nothing.end()
  for (const stdin of [answers, nothing, undefined]) {
    const { code, said } = await run(args, stdin)
    expect([code, asked]).toEqual([2, []])
    expect(said).toContain('add --yes')
  }
  await run([...args, '--yes'])
  expect(asked.splice(0).length).toBeGreaterThan(0)
})

test('every command is known to be destructive or not', async () => {
  const { out } = await ranHere(['--help'], {})
  const listed = out.split('Commands:')[1] ?? ''
  const names = [...listed.matchAll(/^ {2}([a-z][\w-]*)/gm)].map(([, name]) => name)
  expect(names.length).toBeGreaterThan(10)
  expect(new Set(names)).toEqual(
    new Set([...harmless.split(' '), ...destructive.map(([name]) => name)]),
  )
})
