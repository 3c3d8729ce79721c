import { appendTogetherConformance } from './conformance-together.ts'
import { eventLogConformance } from './conformance.ts'
import { memoryEventLog } from './memory.ts'

const make = async () => {
  const log = memoryEventLog()
  return { open: async () => log, close: async () => undefined }
}
eventLogConformance('memory', make)
appendTogetherConformance('memory', make)
