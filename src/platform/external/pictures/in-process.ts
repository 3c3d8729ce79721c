import type { Pictures } from './port.ts'

/** Decodes pictures in this process: for tests, and for pictures of our own. A hostile one would take the process along. */
export const inProcessPictures = (): Pictures => ({
  clean: async (source, work, receive) => {
    const { cleanPicture } = await import('./clean-picture.ts')
    const pieces: Uint8Array[] = []
    for await (const piece of source) pieces.push(piece)
    const { colour, made } = await cleanPicture(Buffer.concat(pieces), work)
    for (const { data, ...one } of made) {
      const bytes = async function* () {
        yield data
      }
      await receive({ ...one, bytes: bytes() })
    }
    return { colour }
  },
})
