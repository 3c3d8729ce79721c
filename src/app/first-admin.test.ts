import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { announcementOf, firstAdmin } from './first-admin.ts'

test('the first admin is created once, in a file for its owner', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'agora-admin-'))
  try {
    const admin = await firstAdmin(folder)
    expect(admin).toMatchObject({ email: 'admin@agora.localhost', isNew: true })
    expect((await stat(admin.file)).mode & 0o777).toBe(0o600)
    expect(await firstAdmin(folder)).toEqual({ ...admin, isNew: false })
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('its password is printed on a terminal only; elsewhere, the path of its file is', () => {
  const admin = { email: 'admin@agora.localhost', password: 'a secret', file: '/data/admin.json' }
  expect(announcementOf(admin, { isTTY: true })).toContain('a secret')
  for (const output of [{ isTTY: false }, {}]) {
    expect(announcementOf(admin, output)).not.toContain('a secret')
    expect(announcementOf(admin, output)).toContain('Password:    in /data/admin.json')
  }
})
