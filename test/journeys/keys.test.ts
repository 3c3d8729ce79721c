import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { runCli } from '../../src/edges/cli/program.ts'
import { runMain, startAgora, temporaryData } from '../support/agora.ts'
import { testProvider } from '../support/identity-provider.ts'
import { callAt, root } from '../support/shop.ts'
import { startedDatabase } from '../support/started-template.ts'

const unused = async (): Promise<never> => {
  throw new Error('no log is meant')
}

/** `agora rotate-keys`, in this process. */
const rotateKeys = async (url: string, ...args: readonly string[]) => {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const { email, password } = root
  const code = await runCli(
    ['--url', url, '--email', email, '--password', password, 'rotate-keys', ...args],
    {
      env: {},
      stdout,
      stderr,
      signal: new AbortController().signal,
      openLog: unused,
      eventTypes: unused,
      tryRules: unused,
      logs: {
        open: unused,
        serve: unused,
        switchTo: unused,
        verify: unused,
        census: unused,
        archives: unused,
      },
    },
  )
  stdout.end()
  stderr.end()
  return { code, out: await text(stdout), stderr: await text(stderr) }
}

const cookieOf = (response: Response) => response.headers.getSetCookie()[0]?.split(';')[0] ?? ''

test('machines with the same secret share keys and sessions; one with another secret refuses to start', async () => {
  await using database = await startedDatabase()
  await using acme = await testProvider('a client secret')
  await using here = await temporaryData()
  await using there = await temporaryData()
  const { issuer } = acme
  const env = {
    POSTGRES_URL: database.url,
    AGORA_SECRET: 'one secret that all machines of this Agora have',
    PUBLIC_URL: 'https://shop.example',
    OAUTH_PROVIDERS: JSON.stringify({
      acme: { issuer, clientId: 'agora', clientSecret: 'a client secret' },
    }),
  }
  await using one = await startAgora(here.path, env)
  await using two = await startAgora(there.path, env)
  const statusAt = async (url: string, token: string) =>
    (await callAt(url, token)('GET', '/users/me')).status

  // A token of one machine is accepted by the other, also when signed with a new key.
  const ada = await one.shop.register('ada')
  expect(await statusAt(two.url, ada.token)).toBe(200)
  const rotated = await rotateKeys(two.url)
  expect(rotated.stderr).toBe('')
  expect(rotated.code).toBe(0)
  const published = /The key (\S+) is published/.exec(rotated.out)?.[1]
  const kidsAt = async (url: string): Promise<string[]> => {
    const { body } = await callAt(url, undefined)('GET', '/auth/.well-known/jwks.json')
    return body.keys.map(({ kid }: { readonly kid: string }) => kid)
  }
  await expect.poll(() => kidsAt(one.url)).toContain(published)

  // A sign-in with a provider that begins at one machine may end at the other.
  acme.isUsedBy({ sub: 'eve-1', email: 'eve@example.org', email_verified: true })
  const begun = await fetch(`${one.url}/api/v1/auth/oauth/acme`, { redirect: 'manual' })
  const returned = await acme.visit(begun.headers.get('location') ?? '')
  expect(returned).toMatch(/^https:\/\/shop\.example\/api\/v1\/auth\/oauth\/acme\/callback\?/)
  const ended = await fetch(returned.replace('https://shop.example', two.url), {
    headers: { cookie: cookieOf(begun) },
  })
  expect(await ended.json()).toMatchObject({ success: true, data: { email: 'eve@example.org' } })

  // After an emergency rotation, no earlier token is accepted anywhere.
  const { out } = await rotateKeys(one.url, '--revoke', '--yes')
  expect(out).toMatch(/signs from now on/)
  await expect.poll(() => statusAt(two.url, ada.token)).toBe(401)
  expect(await statusAt(one.url, ada.token)).toBe(401)
  const bob = await two.shop.register('bob')
  expect(await statusAt(one.url, bob.token)).toBe(200)
  expect(one.output() + two.output()).not.toContain('a client secret')

  await using elsewhere = await temporaryData()
  const other = runMain(elsewhere.path, {
    ...env,
    AGORA_SECRET: 'another secret of quite some length',
  })
  await other.closed
  expect(other.child.exitCode).toBe(1)
  expect(other.output()).toMatch(
    /^The signing keys .* encrypted with another secret: set AGORA_SECRET/,
  )
  expect(other.lines.length).toBe(1)
})
