import { Type } from 'typebox'
import type { Session } from './session.ts'

const Swept = Type.Object({
  files: Type.Integer(),
  blobs: Type.Integer(),
  bytes: Type.Integer(),
  dryRun: Type.Boolean(),
})

/**
 * `agora media sweep`: deletes the files that nothing refers to, and removes the bytes of uploads that a crash has interrupted.
 * @param options.dryRun counts them only
 */
export const sweepMedia = async (
  { client, out }: Session,
  { dryRun = false }: { readonly dryRun?: boolean },
): Promise<void> => {
  const swept = await client.call(Swept, 'POST', '/admin/media/sweep', { dryRun })
  const { files, blobs, bytes } = swept
  const counted = (count: number, one: string) => `${count} ${count === 1 ? one : `${one}s`}`
  const verb = dryRun ? 'would be' : 'were'
  out(`${counted(files, 'unused file')} ${verb} deleted.`)
  out(`${counted(blobs, 'blob')} (${bytes} bytes) ${verb} removed.`)
}
