/**
 * A hand-written server as the reference: Fastify that streams the file of a form into the folder UPLOADS, and does nothing else.
 */
import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { Busboy } from '@fastify/busboy'
import fastify from 'fastify'

const folder = process.env.UPLOADS ?? ''

const app = fastify({ logger: false })
app.addContentTypeParser('multipart/form-data', (_request, _payload, done) => done(null))
app.post('/upload', async ({ raw, headers }) => {
  const { 'content-type': contentType = '' } = headers
  const form = new Busboy({ headers: { ...headers, 'content-type': contentType } })
  const written: Promise<void>[] = []
  form.on('file', (_name, file) => {
    written.push(pipeline(file, createWriteStream(join(folder, randomUUID()))))
  })
  await pipeline(raw, form)
  await Promise.all(written)
  return { success: true }
})
process.stdout.write(`${JSON.stringify({ url: await app.listen({ port: 0 }) })}\n`)
