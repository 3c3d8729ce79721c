import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDataFolder, unusableData, UnusableData } from './data-folder.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agora-data-'))
  await writeFile(join(folder, 'file'), '')
})
afterAll(() => rm(folder, { recursive: true }))

test('a missing data folder is created, for its owner', async () => {
  const data = join(folder, 'new/data')
  await openDataFolder(data)
  await openDataFolder(data)
  expect((await stat(data)).mode & 0o777).toBe(0o700)
})

test.each([
  ['file', 'is a file, not a folder'],
  ['file/below', 'is in a path with a file that is no folder'],
  ['n'.repeat(300), 'has too long a name'],
])('a data folder at %s is refused, and AGORA_DATA named', async (place, reason) => {
  const data = join(folder, place)
  await expect(openDataFolder(data)).rejects.toThrow(UnusableData)
  await expect(openDataFolder(data)).rejects.toThrow(
    `${data} ${reason}; set AGORA_DATA to a folder that Agora can write to`,
  )
})

test.each([
  ['EACCES', 'may not be read and written by this user'],
  ['EROFS', 'is on a file system that is read-only'],
  ['ENOSPC', 'is on a disk that is full'],
])('%s is explained', (code, reason) => {
  const error = Object.assign(new Error(code), { code })
  expect(unusableData('/data', error)?.message).toContain(`/data ${reason}; set AGORA_DATA`)
})

test('other errors are not translated', () => {
  expect(unusableData('/data', new Error('EACCES'))).toBeUndefined()
  expect(unusableData('/data', 'EACCES')).toBeUndefined()
})
