import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
const program = join(root, 'test/support/launched.ts')

/** As `node scripts/run.mjs` on a Node that is new enough. */
const here = [join(root, 'scripts/run.mjs'), program]

/** As the same on an older one, which needs a second process. */
const relayed = [
  '--input-type=module',
  '--eval',
  `const { relay } = await import(${JSON.stringify(pathToFileURL(join(root, 'scripts/launcher.mjs')).href)})
   relay(process.execPath, ${JSON.stringify(program)}, process.argv.slice(1))`,
  '--',
]

type Line = {
  pid?: number
  heard?: string
  file?: string
  rest?: string[]
  compileCache?: string
}

/** Runs a command in a process group of its own, and kills what is left of it in the end. */
const run = async (command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) => {
  const { npm_lifecycle_event: _, ...clean } = process.env
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
    env: { ...clean, ...env },
  })
  const lines: Line[] = []
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(JSON.parse(line)))
  await expect.poll(() => lines.length).toBeGreaterThan(0)
  return {
    child,
    lines,
    /** The program's own process. */
    pid: lines[0]?.pid ?? 0,
    /** Resolves when nobody of the group can write any more. */
    gone: once(child, 'close'),
    heard: () => lines.flatMap(({ heard }) => heard ?? []),
    [Symbol.dispose]: () => {
      try {
        process.kill(-groupOf(child), 'SIGKILL')
      } catch {
        // All of it has ended.
      }
    },
  }
}

const groupOf = ({ pid }: ChildProcess): number => pid ?? Number.NaN

/** Sends SIGINT until the program has heard it so many times. */
const interruptUntil = async (
  times: number,
  { heard, interrupt }: { readonly heard: () => string[]; readonly interrupt: () => void },
) => {
  const again = setInterval(interrupt, 50)
  const interrupts = () => heard().filter((signal) => signal === 'SIGINT').length
  await expect.poll(interrupts).toBe(times)
  clearInterval(again)
}

describe.each([
  ['on a Node that is new enough', here],
  ['through an older Node', relayed],
])('a program that is launched %s', (_, command) => {
  it('gets its arguments as if Node had been called with it, and its exit code is passed on', async () => {
    using launched = await run(process.execPath, [...command, 'end', 'a', '--flag'])
    expect(launched.lines[0]).toMatchObject({ file: program, rest: ['a', '--flag'] })
    expect(launched.lines[0]?.compileCache).toContain(join(root, 'node_modules/.cache'))
    if (launched.child.exitCode === null) await once(launched.child, 'exit')
    expect(launched.child.exitCode).toBe(7)
  })

  it('is stopped by SIGTERM in its own way', async () => {
    using launched = await run(process.execPath, [...command, 'stop'])
    launched.child.kill('SIGTERM')
    expect(await once(launched.child, 'exit')).toEqual([7, null])
    expect(launched.heard()).toEqual(['SIGTERM'])
  })

  it('hears a Ctrl-C once, although it comes by two ways; a second one it hears again', async () => {
    using launched = await run(process.execPath, [...command, 'stop'])
    process.kill(-groupOf(launched.child), 'SIGINT')
    launched.child.kill('SIGINT')
    await expect.poll(launched.heard).toEqual(['SIGINT'])
    await interruptUntil(2, {
      heard: launched.heard,
      interrupt: () => void launched.child.kill('SIGINT'),
    })
    launched.child.kill('SIGTERM')
    await once(launched.child, 'exit')
    expect(launched.heard().filter((signal) => signal === 'SIGTERM')).toHaveLength(1)
  })

  it('is told to stop when npm was killed above it', async () => {
    const script = `"$0" "$@" & wait`
    using launched = await run('sh', ['-c', script, process.execPath, ...command, 'stop'], {
      npm_lifecycle_event: 'start',
    })
    launched.child.kill('SIGKILL')
    await launched.gone
    expect(launched.heard()).toEqual(['SIGTERM'])
  })

  it('outlives a shell that started it and ends', async () => {
    const script = `"$0" "$@" & read line < /dev/zero`
    using launched = await run('sh', ['-c', script, process.execPath, ...command, 'stop'])
    launched.child.kill('SIGKILL')
    await once(launched.child, 'exit')
    // The third comes after more than a second: long enough to notice.
    await interruptUntil(3, {
      heard: launched.heard,
      interrupt: () => process.kill(launched.pid, 'SIGINT'),
    })
    expect(launched.heard()).not.toContain('SIGTERM')
  })
})

describe('a program that is launched through an older Node', () => {
  it('dies with the launcher when that is killed', async () => {
    using launched = await run(process.execPath, [...relayed, 'stop'])
    expect(launched.pid).not.toBe(launched.child.pid)
    launched.child.kill('SIGKILL')
    await launched.gone
    expect(launched.heard()).toEqual([])
  })

  it('takes the launcher along when it is killed', async () => {
    using launched = await run(process.execPath, [...relayed, 'stop'])
    process.kill(launched.pid, 'SIGKILL')
    expect(await once(launched.child, 'exit')).toEqual([null, 'SIGKILL'])
  })
})
