import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { childEnv } from '../support/child-env.ts'
import { freshDatabase } from '../support/postgres.ts'

const root = join(import.meta.dirname, '../..')

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agora-demo-test-'))
})
afterAll(() => rm(folder, { recursive: true }))

type Outcome = { readonly code: number; readonly out: string; readonly stderr: string }

/** Runs the demo as `npm run demo` does. */
const demo = (env: Readonly<Record<string, string>>): Promise<Outcome> =>
  new Promise((resolve) => {
    const { HOME } = process.env
    const child = execFile(
      process.execPath,
      [join(root, 'scripts/run.mjs'), join(root, 'src/demo.ts')],
      { env: { ...childEnv, HOME, AGORA_DATA: join(folder, 'none'), ...env } },
      (_, out, stderr) => resolve({ code: child.exitCode ?? -1, out, stderr }),
    )
  })

const ends = [
  /✓ {2}CONFIRMED · payment COMPLETED · Lamp: 5 → 3 pieces, 0 reserved/,
  /✓ {2}REJECTED \(out_of_stock\) · Chair: 0 → 0 pieces, 0 reserved/,
  /✓ {2}REJECTED \(payment_declined\) · payment FAILED · Lamp: 3 → 3 pieces, 0 reserved/,
]

const expectAllEnds = ({ code, out, stderr }: Outcome): void => {
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  for (const end of ends) expect(out).toMatch(end)
  expect(out).toMatch(/\d ms {2}fulfilment {2}OrderSagaCompensated: ReserveStock refused/)
  // Sockets push the current state: states that pass quickly may be skipped.
  expect(out).toMatch(/\d ms {2}sockets .* CONFIRMED .* 6 saga steps$/m)
  for (const type of ['GigOrderRevisionRequested', 'GigOrderCompleted'])
    expect(out).toMatch(new RegExp(`ms  gigOrder +${type}$`, 'm'))
  expect(out).toMatch(/shown once both sides have written: 5 of 5 and 4 of 5$/m)
  expect(out).toMatch(/✓ {2}COMPLETED · payment COMPLETED$/m)
  expect(out).toMatch(/All 4 orders ended as expected\.\n$/)
  expect(out.split('\n').length).toBeLessThanOrEqual(90)
  expect(out).not.toContain('\u001b')
}

test('the demo starts an Agora of its own, runs its orders, and removes its data', async () => {
  // No Agora listens there, so that one on this machine is not found.
  const outcome = await demo({ PORT: '1', TMPDIR: folder })
  expectAllEnds(outcome)
  expect(outcome.out).toContain('started for this demo')
  expect(await readdir(folder)).toEqual([])
  const [url = ''] = /http:[^,]+/.exec(outcome.out) ?? []
  await expect(fetch(url)).rejects.toThrow('fetch failed')
})

test('the demo runs its orders against the given Agora, and takes its products off sale', async () => {
  await using database = await freshDatabase()
  const who = { ADMIN_EMAIL: 'root@agora.example', ADMIN_PASSWORD: 'a root password' }
  const config = readConfig({ PORT: '0', AGORA_DATA: join(folder, 'data'), ...who })
  await using app = await startApp(config, {
    postgresUrl: database.url,
    logger: pino({ level: 'silent' }),
  })
  const outcome = await demo({ AGORA_URL: app.url, ...who })
  expectAllEnds(outcome)
  expect(outcome.out).not.toContain('started for this demo')
  await expect
    .poll(async () => (await fetch(`${app.url}/api/v1/products`)).json())
    .toMatchObject({ data: { total: 0 } })

  const stranger = await demo({ AGORA_URL: app.url })
  expect(stranger.code).toBe(1)
  expect(stranger.stderr).toContain('requires you to sign in')
})

test('the demo reports that no Agora answers at the given URL', async () => {
  const { code, stderr } = await demo({ AGORA_URL: 'http://127.0.0.1:1' })
  expect(code).toBe(1)
  expect(stderr).toMatch(/^No Agora answers at http:\/\/127\.0\.0\.1:1\..*\n$/)
})
