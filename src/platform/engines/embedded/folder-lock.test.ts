import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../../../../test/support/embedded.ts'
import { FolderHeld, lockFolder } from './folder-lock.ts'

it('a folder has one holder at a time, who can be named', async () => {
  await using folder = await temporaryFolder()
  const lock = await lockFolder(folder.path)
  const refused = lockFolder(folder.path, { patience: 0 })
  await expect(refused).rejects.toBeInstanceOf(FolderHeld)
  await expect(refused).rejects.toMatchObject({
    folder: folder.path,
    holder: { pid: process.pid, command: process.argv.join(' ') },
  })
  lock.release()
  const next = await lockFolder(folder.path, { patience: 0 })
  lock.release() // Once more, which is not the next one's release.
  await expect(lockFolder(folder.path, { patience: 0 })).rejects.toBeInstanceOf(FolderHeld)
  next.release()
})

it('of many who want it at once, exactly one gets it', async () => {
  await using folder = await temporaryFolder()
  const wanted = Array.from({ length: 20 }, () => lockFolder(folder.path, { patience: 0 }))
  const got = (await Promise.allSettled(wanted)).flatMap((result) =>
    result.status === 'fulfilled' ? [result.value] : [],
  )
  expect(got).toHaveLength(1)
  got[0]?.release()
})

it('a holder that is about to let go is waited for', async () => {
  await using folder = await temporaryFolder()
  const lock = await lockFolder(folder.path)
  const next = lockFolder(folder.path, { patience: 10_000 })
  setTimeout(lock.release, 50)
  const { release } = await next
  await expect(lockFolder(folder.path, { patience: 0 })).rejects.toBeInstanceOf(FolderHeld)
  release()
})

it('a holder that was killed holds no more', async () => {
  await using folder = await temporaryFolder()
  const module = pathToFileURL(join(import.meta.dirname, 'folder-lock.ts')).href
  const script = `
    const { lockFolder } = await import(${JSON.stringify(module)})
    await lockFolder(${JSON.stringify(folder.path)})
    console.log('held')
    setInterval(() => undefined, 1000)`
  const holder = spawn(process.execPath, ['--input-type=module', '--eval', script])
  await once(holder.stdout, 'data')
  await expect(lockFolder(folder.path, { patience: 0 })).rejects.toMatchObject({
    holder: { pid: holder.pid },
  })
  holder.kill('SIGKILL')
  ;(await lockFolder(folder.path)).release()
})
