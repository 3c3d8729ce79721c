import { afterAll, beforeAll, expect, test } from 'vitest'
import { ranHere } from '../../../test/support/cli.ts'
import { httpWorld, type HttpWorld } from '../../../test/support/http.ts'

let world: HttpWorld
beforeAll(async () => {
  world = await httpWorld()
  await world.app.listen({ port: 0, host: '127.0.0.1' })
})
afterAll(() => world[Symbol.asyncDispose]())

const run = (token: string, ...args: readonly string[]) =>
  ranHere(['--url', world.app.listeningOrigin, '--token', token, 'media', 'sweep', ...args], {})

test('`agora media sweep` prints what it has removed, or would remove', async () => {
  const { token } = await world.someone('root', 'admin')
  expect(await run(token)).toMatchObject({
    code: 0,
    out: '0 unused files were deleted.\n0 blobs (0 bytes) were removed.\n',
  })
  expect((await run(token, '--dry-run')).out).toBe(
    '0 unused files would be deleted.\n0 blobs (0 bytes) would be removed.\n',
  )
})

test('`agora media sweep` is for admins', async () =>
  expect((await run((await world.someone('ann')).token)).code).toBe(1))
