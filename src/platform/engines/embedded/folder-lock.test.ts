import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../../../../test/support/embedded.ts'
import { FolderHeld, lockFolder } from './folder-lock.ts'

it('a folder has one holder at a time, named in the refusal of others', async () => {
  await using folder = await temporaryFolder()
  const lock = await lockFolder(folder.path)
  const refused = lockFolder(folder.path, { timeoutMs: 0 })
  await expect(refused).rejects.toBeInstanceOf(FolderHeld)
  await expect(refused).rejects.toMatchObject({
    folder: folder.path,
    holder: { pid: process.pid, command: process.argv.join(' ') },
  })
  lock.release()
  const next = await lockFolder(folder.path, { timeoutMs: 0 })
  lock.release() // A second release does not release the lock of the next holder.
  await expect(lockFolder(folder.path, { timeoutMs: 0 })).rejects.toBeInstanceOf(FolderHeld)
  next.release()
})

it('of many concurrent attempts, exactly one acquires the lock', async () => {
  await using folder = await temporaryFolder()
  const attempts = Array.from({ length: 20 }, () => lockFolder(folder.path, { timeoutMs: 0 }))
  const acquired = (await Promise.allSettled(attempts)).flatMap((result) =>
    result.status === 'fulfilled' ? [result.value] : [],
  )
  expect(acquired).toHaveLength(1)
  acquired[0]?.release()
})

it('the lock is acquired when the holder releases it within the timeout', async () => {
  await using folder = await temporaryFolder()
  const lock = await lockFolder(folder.path)
  const next = lockFolder(folder.path, { timeoutMs: 10_000 })
  setTimeout(lock.release, 50)
  const { release } = await next
  await expect(lockFolder(folder.path, { timeoutMs: 0 })).rejects.toBeInstanceOf(FolderHeld)
  release()
})

it('the lock of a killed process is released', async () => {
  await using folder = await temporaryFolder()
  const module = pathToFileURL(join(import.meta.dirname, 'folder-lock.ts')).href
  const script = `
    const { lockFolder } = await import(${JSON.stringify(module)})
    await lockFolder(${JSON.stringify(folder.path)})
    console.log('held')
    setInterval(() => undefined, 1000)`
  const holder = spawn(process.execPath, ['--input-type=module', '--eval', script])
  await once(holder.stdout, 'data')
  await expect(lockFolder(folder.path, { timeoutMs: 0 })).rejects.toMatchObject({
    holder: { pid: holder.pid },
  })
  holder.kill('SIGKILL')
  ;(await lockFolder(folder.path)).release()
})
