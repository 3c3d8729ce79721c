import { memoryBlobs } from './memory.ts'
import { directConformance } from './conformance-direct.ts'
import { blobsConformance } from './conformance.ts'

blobsConformance('memory', async () => ({
  blobs: memoryBlobs(),
  [Symbol.asyncDispose]: async () => undefined,
}))

directConformance('memory', async () => {
  const blobs = memoryBlobs()
  return { blobs, send: blobs.send, [Symbol.asyncDispose]: async () => undefined }
})
