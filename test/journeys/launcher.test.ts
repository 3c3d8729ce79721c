import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
const program = join(root, 'test/support/launched.ts')

/** Like `node scripts/run.mjs` with a Node that is new enough. */
const here = [join(root, 'scripts/run.mjs'), program]

/** The same with an older Node, which starts a second process. */
const relayed = [
  '--input-type=module',
  '--eval',
  `const { relay } = await import(${JSON.stringify(pathToFileURL(join(root, 'scripts/launcher.mjs')).href)})
   relay(process.execPath, ${JSON.stringify(program)}, process.argv.slice(1))`,
  '--',
]

type Line = {
  pid?: number
  signal?: string
  file?: string
  rest?: string[]
  compileCache?: string
}

/** Runs a command in a process group of its own; disposing of it kills the group. */
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
    /** Resolves when all processes of the group have ended. */
    closed: once(child, 'close'),
    signals: () => lines.flatMap(({ signal }) => signal ?? []),
    [Symbol.dispose]: () => {
      try {
        process.kill(-groupOf(child), 'SIGKILL')
      } catch {
        // The whole group has ended.
      }
    },
  }
}

const groupOf = ({ pid }: ChildProcess): number => pid ?? Number.NaN

/** Sends SIGINT until the program has received it so many times. */
const interruptUntil = async (
  times: number,
  { signals, interrupt }: { readonly signals: () => string[]; readonly interrupt: () => void },
) => {
  const again = setInterval(interrupt, 50)
  const interrupts = () => signals().filter((signal) => signal === 'SIGINT').length
  await expect.poll(interrupts).toBe(times)
  clearInterval(again)
}

describe.each([
  ['on a Node that is new enough', here],
  ['through an older Node', relayed],
])('a program that is launched %s', (_, command) => {
  it('gets its arguments as if Node ran it directly, and the launcher returns its exit code', async () => {
    using launched = await run(process.execPath, [...command, 'end', 'a', '--flag'])
    expect(launched.lines[0]).toMatchObject({ file: program, rest: ['a', '--flag'] })
    expect(launched.lines[0]?.compileCache).toContain(join(root, 'node_modules/.cache'))
    if (launched.child.exitCode === null) await once(launched.child, 'exit')
    expect(launched.child.exitCode).toBe(7)
  })

  it('handles SIGTERM itself', async () => {
    using launched = await run(process.execPath, [...command, 'stop'])
    launched.child.kill('SIGTERM')
    expect(await once(launched.child, 'exit')).toEqual([7, null])
    expect(launched.signals()).toEqual(['SIGTERM'])
  })

  it('receives one SIGINT for a Ctrl-C, although the terminal and the launcher both send it; a second Ctrl-C sends another', async () => {
    using launched = await run(process.execPath, [...command, 'stop'])
    process.kill(-groupOf(launched.child), 'SIGINT')
    launched.child.kill('SIGINT')
    await expect.poll(launched.signals).toEqual(['SIGINT'])
    await interruptUntil(2, {
      signals: launched.signals,
      interrupt: () => void launched.child.kill('SIGINT'),
    })
    launched.child.kill('SIGTERM')
    await once(launched.child, 'exit')
    expect(launched.signals().filter((signal) => signal === 'SIGTERM')).toHaveLength(1)
  })

  it('receives SIGTERM when the npm that started it is killed', async () => {
    const script = `"$0" "$@" & wait`
    using launched = await run('sh', ['-c', script, process.execPath, ...command, 'stop'], {
      npm_lifecycle_event: 'start',
    })
    launched.child.kill('SIGKILL')
    await launched.closed
    expect(launched.signals()).toEqual(['SIGTERM'])
  })

  it('goes on when the shell that started it ends', async () => {
    const script = `"$0" "$@" & read line < /dev/zero`
    using launched = await run('sh', ['-c', script, process.execPath, ...command, 'stop'])
    launched.child.kill('SIGKILL')
    await once(launched.child, 'exit')
    // The third comes after more than a second: long enough to notice.
    await interruptUntil(3, {
      signals: launched.signals,
      interrupt: () => process.kill(launched.pid, 'SIGINT'),
    })
    expect(launched.signals()).not.toContain('SIGTERM')
  })
})

describe('a program that is launched through an older Node', () => {
  it('ends when the launcher is killed', async () => {
    using launched = await run(process.execPath, [...relayed, 'stop'])
    expect(launched.pid).not.toBe(launched.child.pid)
    launched.child.kill('SIGKILL')
    await launched.closed
    expect(launched.signals()).toEqual([])
  })

  it('ends the launcher when it is killed', async () => {
    using launched = await run(process.execPath, [...relayed, 'stop'])
    process.kill(launched.pid, 'SIGKILL')
    expect(await once(launched.child, 'exit')).toEqual([null, 'SIGKILL'])
  })
})
