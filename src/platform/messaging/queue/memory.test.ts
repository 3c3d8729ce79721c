import { queueConformance } from './conformance.ts'
import { memoryQueue } from './memory.ts'
import type { Queue } from './port.ts'

queueConformance(
  'memory',
  async () => {
    // The queue is local to one process: each `open` returns the same one.
    let queue: Queue | undefined
    return {
      open: async () => (queue ??= memoryQueue({ lease: 400 })),
      [Symbol.asyncDispose]: async () => queue?.close(),
    }
  },
  { processes: false },
)
