import { eventLogConformance } from './conformance.ts'
import { memoryEventLog } from './memory.ts'

eventLogConformance('memory', async () => {
  const log = memoryEventLog()
  return { open: async () => log, close: async () => undefined }
})
