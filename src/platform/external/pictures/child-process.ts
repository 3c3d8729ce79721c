import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Type } from 'typebox'
import { Check } from 'typebox/value'
import { partsOf, type Head } from './frames.ts'
import { BadPicture, PictureFailed, PictureTooSlow, type Pictures } from './port.ts'
import { processRights } from './process-rights.ts'

/** Limits of a process that decodes a picture. */
export type PictureLimits = {
  /** Most memory, in bytes. */
  readonly memory: number
  /** Most time, in ms. */
  readonly time: number
  /** Most bytes of all that is made of a picture. */
  readonly output: number
}

const mebibyte = 1024 ** 2
const gibibyte = 1024 ** 3

/** Default limits: two pictures at once leave almost half of the memory of a container to the server beside them. */
const defaultLimits = (): PictureLimits => {
  // Beyond any machine without a container.
  const available = process.constrainedMemory() || Infinity
  return {
    memory: Math.min(gibibyte, Math.floor(available * 0.3)),
    time: 60_000,
    output: 80 * mebibyte,
  }
}

const program = join(import.meta.dirname, 'picture-process.ts')

const Size = Type.Integer({ minimum: 1, maximum: 2 ** 32 })

const AnyHead = Type.Union([
  Type.Object({ refused: Type.Enum(['unreadable', 'too_many_pixels']) }),
  Type.Object({
    colour: Type.String({ pattern: '^#[0-9a-f]{6}$' }),
    made: Type.Array(
      Type.Object({ box: Type.Optional(Size), width: Size, height: Size, size: Size }),
      { minItems: 1, maxItems: 20 },
    ),
  }),
])

const headIn = (json: string, output: number): Head => {
  const head: unknown = JSON.parse(json)
  if (!Check(AnyHead, head)) throw new PictureFailed('The head of the result is not as expected')
  const sizes = 'made' in head ? head.made.map(({ size }) => size) : []
  if (sizes.reduce((sum, size) => sum + size, 0) > output)
    throw new PictureFailed('The result is too large')
  return head
}

type Child = ChildProcessByStdio<Writable, Readable, null>

/**
 * Starts the process: without the environment, which has secrets, and without rights to other files, network and processes.
 * The rights bind JavaScript. Native code that a picture has taken over has those of the user of this process.
 */
const start = (task: string): Child =>
  spawn(process.execPath, [...processRights(), '--max-old-space-size=128', program, task], {
    env: { MALLOC_ARENA_MAX: '2', UV_THREADPOOL_SIZE: '2' },
    stdio: ['pipe', 'pipe', 'ignore'],
  })

/**
 * Decodes each picture in a process of its own, with limits of memory and time. A file that crashes its decoder
 * harms neither this process nor other pictures.
 * @param limits default: a minute; 1 GiB, in a container at most 3/10 of its memory; 80 MiB of output
 * @param onStart called with the id of each process
 */
export const childProcessPictures = (
  limits: Partial<PictureLimits> = {},
  onStart: (pid: number | undefined) => void = () => undefined,
): Pictures => {
  const { memory, time, output } = { ...defaultLimits(), ...limits }
  return {
    clean: async (source, work, receive) => {
      const child = start(JSON.stringify({ ...work, memory }))
      const exited = once(child, 'exit')
      // Awaited below where it matters; a process that could not be started rejects it.
      exited.catch(() => undefined)
      let isLate = false
      const timer = setTimeout(() => {
        isLate = true
        child.kill('SIGKILL')
      }, time)
      onStart(child.pid)
      /** The source may fail; the process may end before it has read all. */
      const sent = pipeline(source, child.stdin)
      sent.catch(() => child.kill('SIGKILL'))
      try {
        const parts = partsOf(child.stdout)
        const head = await headOf(parts, child, sent, output)
        if ('refused' in head) throw new BadPicture(head.refused)
        for (const { size, ...made } of head.made)
          await receive({ ...made, bytes: parts.part(size) })
        return { colour: head.colour }
      } catch (error) {
        if (isLate && error instanceof PictureFailed)
          throw new PictureTooSlow('Decoding took too long', { cause: error })
        throw error
      } finally {
        clearTimeout(timer)
        child.kill('SIGKILL')
        await exited.catch(() => undefined)
      }
    },
  }
}

/** Reads the head of a result. @throws the error of the source where that was the cause */
const headOf = async (
  parts: ReturnType<typeof partsOf>,
  child: Child,
  sent: Promise<void>,
  output: number,
): Promise<Head> => {
  const failed = once(child, 'error').then(([error]: unknown[]) => {
    throw new PictureFailed('Decoding could not be started', { cause: error })
  })
  failed.catch(() => undefined)
  try {
    return headIn(await Promise.race([parts.head(), failed]), output)
  } catch (error) {
    await sent.catch((cause: unknown) => {
      // A process that has ended closes its input.
      if (!isBrokenPipe(cause)) throw cause
    })
    throw error
  }
}

const isBrokenPipe = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  ['EPIPE', 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED'].includes(
    String(error.code),
  )
