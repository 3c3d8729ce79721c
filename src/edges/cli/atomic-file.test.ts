import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { atomicFile } from './atomic-file.ts'

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'agora-file-'))
})
afterAll(() => rm(root, { recursive: true }))

test('a file has its name only once it is complete', async () => {
  const folder = await mkdtemp(join(root, 'whole-'))
  const path = join(folder, 'log.ndjson')
  {
    await using file = await atomicFile(path, { replace: false })
    await file.write('one\n')
    expect(await readdir(folder)).not.toContain('log.ndjson')
    await file.write('two\n')
    await file.finish()
  }
  expect(await readFile(path, 'utf8')).toBe('one\ntwo\n')
  expect(await readdir(folder)).toEqual(['log.ndjson'])
})

test('two writers of the same name do not share a temporary file', async () => {
  const folder = await mkdtemp(join(root, 'two-'))
  const path = join(folder, 'log.ndjson')
  await using one = await atomicFile(path, { replace: true })
  await using other = await atomicFile(path, { replace: true })
  await one.write('one\n')
  await other.write('other\n')
  await one.finish()
  expect(await readFile(path, 'utf8')).toBe('one\n')
  await other.finish()
  expect(await readFile(path, 'utf8')).toBe('other\n')
})

test('disposing of an unfinished file removes it, and leaves the existing file unchanged', async () => {
  const folder = await mkdtemp(join(root, 'half-'))
  const path = join(folder, 'log.ndjson')
  await writeFile(path, 'old')
  {
    await using file = await atomicFile(path, { replace: true })
    await file.write('new')
  }
  expect(await readdir(folder)).toEqual(['log.ndjson'])
  expect(await readFile(path, 'utf8')).toBe('old')
})

test('an existing file is replaced only with `replace`, also one that was created meanwhile', async () => {
  const folder = await mkdtemp(join(root, 'old-'))
  const path = join(folder, 'log.ndjson')
  {
    await using file = await atomicFile(path, { replace: false })
    await writeFile(path, 'old')
    await expect(file.finish()).rejects.toThrow(`${path} already exists; add --force`)
  }
  await expect(atomicFile(path, { replace: false })).rejects.toThrow('--force')
  expect(await readFile(path, 'utf8')).toBe('old')
  {
    await using file = await atomicFile(path, { replace: true })
    await file.finish()
  }
  expect(await readFile(path, 'utf8')).toBe('')
})

test('an error about a path that cannot be written says what to do', async () => {
  await expect(atomicFile(join(root, 'none/log'), { replace: true })).rejects.toThrow(
    'its folder does not exist; create it first',
  )
  await expect(atomicFile(root, { replace: true })).rejects.toThrow(
    'is a folder; name a file in it',
  )
})
