import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'
import type { Plugin } from 'vite'

/** Files that shrink; pictures and fonts are compressed already. */
const shrinking = /\.(?:html|js|css|svg|json|txt)$/

/** Smaller files do not become faster, in bytes. */
const smallest = 1_024

const compress = [
  ['.br', promisify(brotliCompress)],
  ['.gz', promisify(gzip)],
] as const

/** Plugin that writes a Brotli and a gzip copy beside each built file, so that the server compresses nothing. */
export const compressed = (): Plugin => {
  let folder = ''
  return {
    name: 'agora:compressed',
    apply: 'build',
    configResolved: ({ root, build }) => void (folder = join(root, build.outDir)),
    closeBundle: async () => {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true })
      const files = entries.filter((one) => one.isFile() && shrinking.test(one.name))
      await Promise.all(
        files.map(async ({ parentPath, name }) => {
          const path = join(parentPath, name)
          const content = await readFile(path)
          if (content.length < smallest) return
          for (const [ending, shrink] of compress)
            await writeFile(`${path}${ending}`, await shrink(content))
        }),
      )
    },
  }
}
