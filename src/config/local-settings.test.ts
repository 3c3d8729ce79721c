import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { firstAdminEmail, localSettings, UnreadableEnvFile } from './local-settings.ts'
import { projectFolder } from './project-folder.ts'

let folder: string
let below: string

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'agora-settings-')))
  below = join(folder, 'src/domains')
  await mkdir(below, { recursive: true })
  await writeFile(join(folder, 'package.json'), '{ "name": "agora" }')
  // A folder between with a package of its own is not the project.
  await writeFile(join(folder, 'src/package.json'), '{ "name": "other" }')
})
afterEach(async () => {
  for (const name of Object.keys(process.env))
    if (name.startsWith('SETTINGS_TEST_')) delete process.env[name]
  await rm(folder, { recursive: true })
})

/** This process with another environment; Node's loader writes to the real one. */
const processWith = (env: Record<string, string>) => ({
  env,
  loadEnvFile: (path: string | URL | Buffer | undefined) => {
    process.loadEnvFile(path)
    for (const [name, value] of Object.entries(process.env))
      if (name.startsWith('SETTINGS_TEST_') || name === 'AGORA_DATA') env[name] ??= value ?? ''
    delete process.env.AGORA_DATA
  },
})

test('the project is found from each folder in it', () => {
  expect([folder, join(folder, 'src'), below].map(projectFolder)).toEqual([folder, folder, folder])
  expect(projectFolder(tmpdir())).toBe(tmpdir())
})

test('.env of the project is read, and the environment precedes it', async () => {
  await writeFile(
    join(folder, '.env'),
    '# settings\nSETTINGS_TEST_ONE=from the file\nSETTINGS_TEST_TWO="of the file"\n',
  )
  const { env, envFile } = localSettings(below, processWith({ SETTINGS_TEST_TWO: 'given' }))
  expect(env).toMatchObject({
    SETTINGS_TEST_ONE: 'from the file',
    SETTINGS_TEST_TWO: 'given',
    AGORA_DATA: join(folder, '.agora'),
  })
  expect(envFile).toEqual({ path: join(folder, '.env'), names: ['SETTINGS_TEST_ONE'] })
})

test('.env is optional, and AGORA_ENV_FILE=off leaves it out', async () => {
  expect(localSettings(folder, processWith({})).envFile).toBeUndefined()
  await writeFile(join(folder, '.env'), 'SETTINGS_TEST_ONE=1')
  const { env, envFile } = localSettings(folder, processWith({ AGORA_ENV_FILE: 'off' }))
  expect([env.SETTINGS_TEST_ONE, envFile]).toEqual([undefined, undefined])
})

test('a relative data folder is that of the shell, or of .env where it is set there', async () => {
  const dataOf = (env: Record<string, string>) =>
    localSettings(below, processWith(env)).env.AGORA_DATA
  expect(dataOf({})).toBe(join(folder, '.agora'))
  expect(dataOf({ AGORA_DATA: '' })).toBe(join(folder, '.agora'))
  expect(dataOf({ AGORA_DATA: 'data' })).toBe(join(below, 'data'))
  expect(dataOf({ AGORA_DATA: '/srv/agora' })).toBe('/srv/agora')
  await writeFile(join(folder, '.env'), 'AGORA_DATA=data')
  expect(dataOf({})).toBe(join(folder, 'data'))
})

test('an admin whose password alone is set has the same address as in docker-compose.yml', async () => {
  const emailOf = (env: Record<string, string>) =>
    localSettings(folder, processWith(env)).env.ADMIN_EMAIL
  expect(emailOf({ ADMIN_PASSWORD: 'a password' })).toBe(firstAdminEmail)
  expect(emailOf({ ADMIN_PASSWORD: 'a password', ADMIN_EMAIL: 'ann@agora' })).toBe('ann@agora')
  expect(emailOf({})).toBeUndefined()
  const compose = await readFile(join(import.meta.dirname, '../../docker-compose.yml'), 'utf8')
  expect(compose).toContain(`\${ADMIN_EMAIL:-${firstAdminEmail}}`)
})

test('a .env that cannot be read is reported with its path', async () => {
  await mkdir(join(folder, '.env'))
  expect(() => localSettings(folder, processWith({}))).toThrow(UnreadableEnvFile)
  expect(() => localSettings(folder, processWith({}))).toThrow(
    `${join(folder, '.env')} cannot be read (EISDIR)`,
  )
})
