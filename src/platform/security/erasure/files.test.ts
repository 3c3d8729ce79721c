import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { inFiles } from './files.ts'

const ada = { person: 'p-1', addresses: ['ada@example.org'], texts: ['Ada'] }
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agora-files-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const write = async (name: string, text: string) => {
  await mkdir(join(folder, name, '..'), { recursive: true })
  await writeFile(join(folder, name), text)
}

test('files that contain data of the person are reported, in any subfolder', async () => {
  await write('admin.json', '{"email":"ADA@example.org"}')
  await write('deep/down/notes', 'p-1 is Ada')
  await write('deep/other', 'Ada')
  await write('postgres/base', 'ada@example.org')
  const [files] = await inFiles(folder, { except: ['postgres'] })(ada)
  expect(files).toMatchObject({ place: 'files', found: 2, removed: 0 })
  expect(files?.note).toContain('admin.json')
  expect(files?.note).toContain(join('deep', 'down', 'notes'))
})

test('a file with the address in its name is reported without that name', async () => {
  await write('ada@example.org.txt', '')
  const [files] = await inFiles(folder, { except: [] })(ada)
  expect(files).toMatchObject({ found: 1 })
  expect(files?.note).not.toContain('ada@')
})

test('a missing folder counts as empty', async () => {
  const look = inFiles(join(folder, 'none'), { except: [] })
  expect(await look(ada)).toMatchObject([{ place: 'files', found: 0, removed: 0 }])
})
