import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cannotListen, isPortTaken } from './cannot-listen.ts'
import { commandOf, portHolder } from './port-holder.ts'

const settings = { host: 'HOST', port: 'PORT' }

/** The error of listening at an address. */
const failureAt = async (host: string, port: number): Promise<unknown> => {
  const server = createServer()
  const failed = once(server, 'error')
  server.listen({ host, port })
  const [error] = await failed
  return error
}

const messageAt = async (host: string, port: number): Promise<string | undefined> =>
  (await cannotListen(await failureAt(host, port), { host, port, settings }))?.message

describe('a port that another process has', () => {
  const script = `require('net').createServer().listen(0, '127.0.0.1', function () {
    console.log(this.address().port)
  })`
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  let port = 0
  beforeAll(async () => {
    const [line] = await once(child.stdout, 'data')
    port = Number(String(line))
  })
  afterAll(() => void child.kill('SIGKILL'))

  test.runIf(process.platform === 'linux')('is reported with that process', async () => {
    expect(await portHolder('127.0.0.1', port)).toEqual({ pid: child.pid, command: 'node' })
    expect(await portHolder('0.0.0.0', port)).toMatchObject({ pid: child.pid })
    expect(await portHolder('localhost', port)).toMatchObject({ pid: child.pid })
    expect(await messageAt('127.0.0.1', port)).toBe(
      `127.0.0.1:${port} is in use by process ${child.pid} (node); stop it first, or set PORT to another port`,
    )
  })

  test.runIf(process.platform === 'linux')(
    'is free at other addresses, and once that process ends',
    async () => {
      expect(await portHolder('127.0.0.2', port)).toBeUndefined()
      const own = createServer().listen(0, '127.0.0.1')
      await once(own, 'listening')
      const { port: closed } = own.address() as AddressInfo
      expect(await portHolder('127.0.0.1', closed)).toMatchObject({ pid: process.pid })
      own.close()
      await once(own, 'close')
      expect(await portHolder('127.0.0.1', closed)).toBeUndefined()
    },
  )

  test('is distinguished from other failures', async () => {
    expect(isPortTaken(await failureAt('127.0.0.1', port))).toBe(true)
    expect(isPortTaken(await failureAt('192.0.2.1', port))).toBe(false)
    const ofGrpc = `No address added out of total 1 resolved errors: [listen EADDRINUSE: address already in use 127.0.0.1:${port}]`
    expect(isPortTaken(new Error(ofGrpc))).toBe(true)
  })

  test('is reported with a command that finds the process, if that is not visible', async () => {
    const error = Object.assign(new Error('listen'), { code: 'EADDRINUSE' })
    const reported = await cannotListen(error, { host: '127.0.0.9', port: 1, settings })
    expect(reported?.message).toMatch(
      /^127\.0\.0\.9:1 is in use by another process \(find it with `[^`]*\b1\b[^`]*`\); stop it first/,
    )
  })
})

test('an address of another machine, and an unknown host name, are reported', async () => {
  expect(await messageAt('192.0.2.1', 3000)).toMatch(
    /^192\.0\.2\.1 is no address of this machine; set HOST to one that is \(127\.0\.0\.1.*\), or to 0\.0\.0\.0/,
  )
  expect(await messageAt('nobody.invalid', 3000)).toMatch(/^nobody\.invalid is no name .* HOST/)
})

test('a privileged port is reported, and other failures are not translated', async () => {
  const at = { host: '::1', port: 80, settings }
  const denied = Object.assign(new Error('listen'), { code: 'EACCES' })
  expect((await cannotListen(denied, at))?.message).toBe(
    'This process may not listen at [::1]:80; set PORT to a port above 1023',
  )
  expect(await cannotListen(new Error('The certificate is none'), at)).toBeUndefined()
  expect(await cannotListen('EADDRINUSE', at)).toBeUndefined()
})

test.each([
  [['/usr/bin/node', '--env-file=.env', '/srv/agora/src/main.ts'], 'node /srv/agora/src/main.ts'],
  [['node', '-r', 'secret-module', 'main.ts'], 'node main.ts'],
  [['curl', '-u', 'ann:secret', 'https://ann:secret@example.org'], 'curl'],
  [['postgres', '--password', 'secret'], 'postgres'],
  [[], ''],
])('the command %j is shortened to its program and script', (words, shown) => {
  expect(commandOf(words)).toBe(shown)
})
