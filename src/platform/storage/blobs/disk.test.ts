import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, open, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Unavailable } from '../../unavailable.ts'
import { blobsConformance } from './conformance.ts'
import { diskBlobs } from './disk.ts'
import { OutOfSpace } from './port.ts'

const temporary = () => mkdtemp(join(tmpdir(), 'agora-blobs-'))

blobsConformance('files', async () => {
  const folder = await temporary()
  return {
    blobs: await diskBlobs(folder),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  }
})

let folder: string
beforeEach(async () => {
  folder = await temporary()
})
afterEach(() => rm(folder, { recursive: true }))

const filesIn = async () =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)

const bytes = async function* () {
  yield Buffer.alloc(100_000, 'a')
}

test('files are readable by their owner only', async () => {
  const blobs = await diskBlobs(join(folder, 'blobs'))
  await using staged = await blobs.stage(bytes())
  await staged.commit('one')
  expect((await stat(join(folder, 'blobs'))).mode & 0o777).toBe(0o700)
  expect((await stat(join(folder, 'blobs/stored/on/one'))).mode & 0o777).toBe(0o600)
})

test('a full disk is reported as such, and leaves nothing', async () => {
  const blobs = await diskBlobs(folder, {
    open: (_path, flags) => open('/dev/full', flags === 'wx+' ? 'w' : flags),
  })
  await expect(blobs.stage(bytes())).rejects.toThrow(OutOfSpace)
  expect(await filesIn()).toEqual([])
})

test('a source that fails leaves no file, nor do bytes that are not committed', async () => {
  const blobs = await diskBlobs(folder)
  const failing = async function* () {
    yield Buffer.alloc(100_000)
    expect(await filesIn()).toHaveLength(1)
    throw new Error('The connection was cut')
  }
  await expect(blobs.stage(failing())).rejects.toThrow('The connection was cut')
  expect(await filesIn()).toEqual([])
  {
    await using staged = await blobs.stage(bytes())
    expect(staged.size).toBe(100_000)
  }
  expect(await filesIn()).toEqual([])
})

test('a folder that is not there is no full disk', async () => {
  const blobs = await diskBlobs(folder)
  await rm(join(folder, 'incoming'), { recursive: true })
  await expect(blobs.stage(bytes())).rejects.toThrow(Unavailable)
})

test('what a killed process was receiving is removed as the next one opens the folder', async () => {
  const module = pathToFileURL(join(import.meta.dirname, 'disk.ts')).href
  const code = `
    const { diskBlobs } = await import(${JSON.stringify(module)})
    const blobs = await diskBlobs(${JSON.stringify(folder)})
    await blobs.stage((async function* () {
      yield Buffer.alloc(100_000)
      process.stdout.write('receiving')
      await new Promise((resolve) => setTimeout(resolve, 600_000))
    })())`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  const blobs = await diskBlobs(folder)
  expect(await filesIn(), 'a process that runs goes on').toHaveLength(1)
  child.kill('SIGKILL')
  await once(child, 'exit')
  await using mine = await blobs.stage(bytes())
  await diskBlobs(folder)
  expect(await filesIn(), 'only the part of this process').toHaveLength(1)
  await mine.commit('kept')
  expect(await filesIn()).toEqual(['kept'])
})

test('parts of other machines stay for a day', async () => {
  await mkdir(join(folder, 'incoming'))
  const part = (host: string) => join(folder, `incoming/${host}-1-${'0'.repeat(8)}.part`)
  for (const host of ['a'.repeat(12), 'b'.repeat(12)]) await writeFile(part(host), 'x')
  const old = await open(part('a'.repeat(12)))
  await old.utimes(0, 0)
  await old.close()
  await diskBlobs(folder)
  expect(await filesIn()).toEqual([`${'b'.repeat(12)}-1-00000000.part`])
})
