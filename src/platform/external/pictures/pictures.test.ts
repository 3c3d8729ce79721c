import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { childProcessPictures } from './child-process.ts'
import { cleaned, picturesConformance } from './conformance.ts'
import { inProcessPictures } from './in-process.ts'
import { PictureFailed, PictureTooSlow } from './port.ts'
import { processRights } from './process-rights.ts'
import { gpsPicture } from './testing/pictures.ts'

picturesConformance('this process', inProcessPictures())
picturesConformance('processes of their own', childProcessPictures())

describe('a process of its own', () => {
  test('that is killed fails its picture alone', async () => {
    const pids: number[] = []
    const pictures = childProcessPictures({}, (pid = 0) => void pids.push(pid))
    const kept = gpsPicture(30, 20)
    const killed = childProcessPictures({}, (pid = 0) => void process.kill(pid, 'SIGKILL'))
    const [fine, failed] = await Promise.allSettled([
      cleaned(pictures, await kept),
      cleaned(killed, await kept),
    ])
    expect(fine.status).toBe('fulfilled')
    expect(failed).toMatchObject({ status: 'rejected', reason: expect.any(PictureFailed) })
    expect(failed).not.toMatchObject({ reason: expect.any(PictureTooSlow) })
    // Nothing of it is left.
    expect(() => process.kill(pids[0] ?? 0, 0)).toThrow('ESRCH')
  })

  test('ends when it takes too long', async () => {
    const slow = childProcessPictures({ time: 1 })
    await expect(cleaned(slow, await gpsPicture(30, 20))).rejects.toThrow(PictureTooSlow)
  })

  test('fails when it makes too much', async () => {
    const small = childProcessPictures({ output: 100 })
    await expect(cleaned(small, await gpsPicture(30, 20))).rejects.toThrow('too large')
  })

  test.each(['/etc/passwd', `/proc/${process.pid}/environ`])('may not read %s', (path) => {
    const reading = `require('node:fs').readFileSync(${JSON.stringify(path)})`
    const { stderr } = spawnSync(process.execPath, [...processRights(), '-e', reading])
    expect(stderr.toString()).toContain('ERR_ACCESS_DENIED')
  })

  test('finds its packages through a symbolic link', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'agora-linked-'))
    try {
      await symlink(
        join(import.meta.dirname, '../../../../node_modules'),
        join(folder, 'node_modules'),
      )
      const own = join(folder, 'src')
      await mkdir(own)
      const program = join(own, 'program.mjs')
      await writeFile(program, `import sharp from 'sharp'; console.log(typeof sharp)`)
      const { stdout, stderr } = spawnSync(process.execPath, [...processRights(own), program])
      expect({ stdout: String(stdout), stderr: String(stderr) }).toEqual({
        stdout: 'function\n',
        stderr: '',
      })
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  test('ends when it uses too much memory', async () => {
    const large = await sharp({
      create: { width: 9_000, height: 9_000, channels: 3, background: '#123456' },
    })
      .png({ compressionLevel: 1 })
      .toBuffer()
    const work = { type: 'image/png', maxPixels: 100_000_000 } as const
    const small = childProcessPictures({ memory: 120 * 1024 ** 2 })
    await expect(cleaned(small, large, work)).rejects.toThrow(PictureFailed)
  })
})
