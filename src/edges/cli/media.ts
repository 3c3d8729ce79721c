import { Type } from 'typebox'
import type { Session } from './session.ts'

const Swept = Type.Object({
  blobs: Type.Integer(),
  bytes: Type.Integer(),
  dryRun: Type.Boolean(),
})

/**
 * `agora media sweep`: removes the bytes of uploads that a crash has interrupted.
 * @param options.dryRun counts them only
 */
export const sweepMedia = async (
  { client, out }: Session,
  { dryRun = false }: { readonly dryRun?: boolean },
): Promise<void> => {
  const swept = await client.call(Swept, 'POST', '/admin/media/sweep', { dryRun })
  const { blobs, bytes } = swept
  out(
    `${blobs} ${blobs === 1 ? 'blob' : 'blobs'} (${bytes} bytes) ${dryRun ? 'would be' : 'were'} removed.`,
  )
}
