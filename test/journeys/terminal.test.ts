import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { childEnv } from '../support/child-env.ts'
import { temporaryData, usual } from '../support/agora.ts'
import { until } from '../support/until.ts'

const root = join(import.meta.dirname, '../..')

/** Runs a shell command on a terminal of its own, through `script` of util-linux. */
const onTerminal = (command: string, env: Record<string, string>) => {
  const { HOME } = process.env
  const child = spawn(
    'script',
    ['--quiet', '--return', '--flush', '--command', command, '/dev/null'],
    {
      cwd: root,
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...childEnv, HOME, TERM: 'dumb', ...env },
    },
  )
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  return {
    output: () => output,
    /** A key that the terminal turns into SIGINT for its whole foreground group. */
    pressCtrlC: () => child.stdin.write('\u0003'),
    closed: once(child, 'close').then(([code]) => Number(code)),
    [Symbol.dispose]: () => void child.kill('SIGKILL'),
  }
}

describe.skipIf(process.platform !== 'linux')('Agora under npm on a terminal', () => {
  test('shuts down gracefully after each Ctrl-C', async () => {
    await using data = await temporaryData()
    for (let round = 1; round <= 2; round += 1) {
      using agora = onTerminal('exec npm start', { ...usual, AGORA_DATA: data.path })
      await until(agora.output, (text) => text.includes('Agora is ready'))
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(agora.output())?.[0] ?? ''
      // A request whose answer takes some time is in flight once a later one was answered.
      await (await fetch(`${url}/health/live`)).text()
      const inFlight = fetch(`${url}/api/v1/auth/password/forgot`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: 'nobody@example.org' }),
      })
      await (await fetch(`${url}/health/live`)).text()
      agora.pressCtrlC()
      expect((await inFlight).status, `round ${round}`).toBe(202)
      expect(await agora.closed, agora.output()).toBe(0)
      expect(agora.output()).toContain('Agora stops')
      await expect(access(join(data.path, 'url'))).rejects.toThrow('ENOENT')
    }
  })
})
