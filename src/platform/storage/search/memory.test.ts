import { memoryEngine } from '../documents/memory-engine.ts'
import { memoryDocuments } from '../documents/memory.ts'
import { routedDocuments } from '../documents/routed.ts'
import { searchConformance } from './conformance.ts'

searchConformance('memory', async () => {
  const store = memoryDocuments()
  return { declared: 'postgres', open: async () => store, close: async () => undefined }
})

searchConformance('an engine in memory', async () => {
  const elasticsearch = { engine: memoryEngine(), isCurrent: true }
  const store = routedDocuments(memoryDocuments(), { elasticsearch })
  return { declared: 'elasticsearch', open: async () => store, close: async () => undefined }
})
