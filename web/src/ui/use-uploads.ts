import { useCallback, useEffect, useRef, useState } from 'react'
import { api, read } from '../api/client.ts'
import { newId } from '../api/new-id.ts'
import { ApiProblem, isOutage } from '../api/problem.ts'
import { upload } from '../api/upload.ts'
import { isAccepted } from './accepted-file.ts'

/** Pause between two looks at a picture that the server still works on, in ms. */
const lookAgainMs = 700

/** A file of a form: given before, or on its way to the server. */
export type UploadItem = {
  readonly key: string
  /** Absent in files that the form began with. */
  readonly file?: File
  /** Address of the picture itself, within this page. */
  readonly preview?: string
  /** Known once the server has the file. */
  readonly mediaId?: string
  /** `checking`: the server has the file, and still works on the picture. */
  readonly status: 'sending' | 'checking' | 'done' | 'failed'
  /** Sent share, 0 to 1. */
  readonly share: number
  readonly error?: Error
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Waits until the server has cleaned a picture. @throws ApiProblem with the reason of a rejection as its code */
const whenChecked = async (id: string, { signal }: AbortController): Promise<void> => {
  while (!signal.aborted) {
    const found = await read(api.GET('/api/v1/media/{id}', { params: { path: { id } } })).catch(
      (error: unknown) => {
        if (isOutage(error)) return undefined
        throw error
      },
    )
    if (found?.status === 'READY') return
    if (found?.status === 'REJECTED')
      throw new ApiProblem(415, { code: found.reason ?? 'rejected' })
    await pause(lookAgainMs)
  }
}

/** Deletes a file that was uploaded for nothing; what fails is deleted later by the server's sweep. */
const discard = (id: string): void => {
  void api.DELETE('/api/v1/media/{id}', { params: { path: { id } } }).catch(() => undefined)
}

/**
 * The uploads of a form.
 * @param options.given ids of the files that it begins with
 * @param options.accept kinds of files, as in the `accept` of an input
 * @param options.most number of files
 */
export const useUploads = ({
  given,
  accept,
  most,
}: {
  readonly given: readonly string[]
  readonly accept: string
  readonly most: number
}) => {
  const [items, setItems] = useState<readonly UploadItem[]>(() =>
    given.map((mediaId) => ({ key: mediaId, mediaId, status: 'done', share: 1 })),
  )
  const running = useRef(new Map<string, AbortController>())
  const previews = useRef(new Set<string>())

  const patch = useCallback((key: string, change: Partial<UploadItem>): void => {
    setItems((all) => all.map((one) => (one.key === key ? { ...one, ...change } : one)))
  }, [])

  const start = useCallback(
    async (key: string, file: File): Promise<void> => {
      const controller = new AbortController()
      running.current.set(key, controller)
      try {
        if (!isAccepted(accept, file)) throw new ApiProblem(415, { code: 'unsupported_media_type' })
        const { media } = await upload(file, (share) => patch(key, { share }), controller.signal)
        const [one] = media
        if (!one) return
        // What a file is follows from its bytes, not from its name.
        if (!isAccepted(accept, { type: one.mime, name: file.name })) {
          discard(one.id)
          throw new ApiProblem(415, { code: 'unsupported_media_type' })
        }
        patch(key, { mediaId: one.id, share: 1, status: 'checking' })
        if (one.status !== 'READY') await whenChecked(one.id, controller)
        patch(key, { status: 'done' })
      } catch (error) {
        if (!controller.signal.aborted)
          patch(key, { status: 'failed', error: error instanceof Error ? error : new Error() })
      } finally {
        running.current.delete(key)
      }
    },
    [accept, patch],
  )

  useEffect(() => {
    const [uploads, urls] = [running.current, previews.current]
    return () => {
      for (const controller of uploads.values()) controller.abort()
      for (const url of urls) URL.revokeObjectURL(url)
    }
  }, [])

  const previewOf = (file: File): Pick<UploadItem, 'preview'> => {
    if (!file.type.startsWith('image/')) return {}
    const preview = URL.createObjectURL(file)
    previews.current.add(preview)
    return { preview }
  }

  return {
    items,
    /** Whether a file is under way. */
    isBusy: items.some(({ status }) => status === 'sending' || status === 'checking'),
    /** Uploads files, as many as there is room for. @returns the number of the others */
    add: (files: readonly File[]): number => {
      const taken = files.slice(0, Math.max(0, most - items.length))
      const added = taken.map((file): UploadItem & { readonly file: File } => ({
        key: newId(),
        file,
        ...previewOf(file),
        status: 'sending',
        share: 0,
      }))
      setItems((all) => [...all, ...added])
      for (const { key, file } of added) void start(key, file)
      return files.length - taken.length
    },
    /** Uploads a file that failed once more. */
    retry: ({ key, file, preview }: UploadItem): void => {
      if (!file) return
      const again: UploadItem = {
        key,
        file,
        ...(preview !== undefined && { preview }),
        status: 'sending',
        share: 0,
      }
      setItems((all) => all.map((one) => (one.key === key ? again : one)))
      void start(key, file)
    },
    /** Begins anew, as the uploaded files have been used; a file that failed stays with its reason. */
    clear: (): void => setItems((all) => all.filter(({ status }) => status === 'failed')),
    /** Aborts an upload, or removes a file; one that was uploaded here is deleted. */
    remove: ({ key, file, mediaId }: UploadItem): void => {
      running.current.get(key)?.abort()
      setItems((all) => all.filter((one) => one.key !== key))
      if (file && mediaId !== undefined) discard(mediaId)
    },
  }
}
