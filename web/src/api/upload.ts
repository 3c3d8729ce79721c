import type { DataOf } from './client.ts'
import { newId } from './new-id.ts'
import { noteWritten } from './positions.ts'
import { offlineProblem, problemOf } from './problem.ts'
import { signedIn } from './signed-in.ts'
import { refreshTokens } from './transport.ts'

/** An uploaded file. */
export type Uploaded = DataOf<'/api/v1/media/upload', 'post'>

/**
 * Uploads a file. `fetch` reports no progress of a body, so that this is an `XMLHttpRequest`.
 * @param onProgress called with the sent share, 0 to 1
 * @param signal aborts it
 * @throws ApiProblem
 */
export const upload = async (
  file: File,
  onProgress: (share: number) => void,
  signal?: AbortSignal,
): Promise<Uploaded> => {
  if (signedIn.expiresSoon()) await refreshTokens()
  const form = new FormData()
  form.append('file', file)
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', '/api/v1/media/upload')
    request.setRequestHeader('idempotency-key', newId())
    request.responseType = 'json'
    request.upload.addEventListener('progress', ({ loaded, total }) =>
      onProgress(total === 0 ? 0 : loaded / total),
    )
    request.addEventListener('load', () => {
      const { status, response } = request
      if (status >= 200 && status < 300) {
        if (response.meta?.position !== undefined) noteWritten(response.meta.position)
        resolve(response.data)
        return
      }
      const after = request.getResponseHeader('retry-after')
      const headers = new Headers(after === null ? {} : { 'retry-after': after })
      reject(problemOf(new Response(null, { status, headers }), response))
    })
    request.addEventListener('error', () => reject(offlineProblem()))
    request.addEventListener('abort', () => reject(offlineProblem()))
    signal?.addEventListener('abort', () => request.abort())
    request.send(form)
  })
}
