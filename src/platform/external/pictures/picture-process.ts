// A process that cleans one picture: its bytes are the standard input, the result is the standard output (frames.ts). The only
// argument is its task, as JSON. Its environment has no secrets, and its JavaScript may neither read other files nor connect. A
// hostile file that takes over the native decoder is not bound by that: it has the rights of the user of the server.
import { writeFileSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { pipeline } from 'node:stream/promises'
import { buffer } from 'node:stream/consumers'
import { cleanPicture } from './clean-picture.ts'
import { encodedHead, type Head } from './frames.ts'
import { BadPicture, type PictureWork } from './port.ts'

/** Task of the process. */
export type PictureTask = PictureWork & {
  /** Most memory of the process, in bytes. */
  readonly memory: number
}

/** Exit code of a process that used too much memory. */
const tooMuchMemory = 86

/** Interval between two checks of the used memory, in ms: decoding takes longer to fill a hundred megabytes. */
const watchMs = 20

/** Ends the process once it uses too much memory. Decoders run in other threads, so that this one is free to watch. */
const watchMemory = (most: number): void => {
  setInterval(() => {
    if (process.memoryUsage.rss() > most) process.exit(tooMuchMemory)
  }, watchMs).unref()
}

/** Lets requests go first, and the kernel end this process first when memory runs out. Neither is permitted everywhere. */
const yieldToOthers = (): void => {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
    writeFileSync('/proc/self/oom_score_adj', '1000')
  } catch {
    // Decoding goes on without.
  }
}

const resultOf = async (
  input: Buffer,
  work: PictureWork,
): Promise<readonly [Head, ...Buffer[]]> => {
  try {
    const { colour, made } = await cleanPicture(input, work)
    const sizes = made.map(({ data, ...one }) => ({ ...one, size: data.length }))
    return [{ colour, made: sizes }, ...made.map(({ data }) => data)]
  } catch (error) {
    if (error instanceof BadPicture) return [{ refused: error.reason }]
    throw error
  }
}

const [task] = process.argv.slice(2)
if (task !== undefined) {
  const { memory, ...work }: PictureTask = JSON.parse(task)
  yieldToOthers()
  watchMemory(memory)
  const [head, ...parts] = await resultOf(await buffer(process.stdin), work)
  await pipeline([encodedHead(head), ...parts], process.stdout)
}
