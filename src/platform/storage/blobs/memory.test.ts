import { memoryBlobs } from './memory.ts'
import { blobsConformance } from './conformance.ts'

blobsConformance('memory', async () => ({
  blobs: memoryBlobs(),
  [Symbol.asyncDispose]: async () => undefined,
}))
