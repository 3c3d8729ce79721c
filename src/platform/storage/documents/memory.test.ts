import { documentConformance } from './conformance.ts'
import { memoryDocuments } from './memory.ts'

documentConformance('memory', async () => {
  const store = memoryDocuments()
  return { open: async () => store, close: async () => undefined }
})
