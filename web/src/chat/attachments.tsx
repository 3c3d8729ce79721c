import { useTexts } from '../i18n/language.tsx'
import { Button } from '../ui/button.tsx'
import { Progress } from '../ui/feedback.tsx'
import { useUploadFault } from '../ui/upload-fault.ts'
import type { UploadItem } from '../ui/use-uploads.ts'
import css from './composer.module.css'
import { chatTexts } from './texts.ts'

/** Files of the next message, with the progress of their uploads. */
export const Attachments = ({
  files,
  onRemove,
}: {
  readonly files: readonly UploadItem[]
  readonly onRemove: (file: UploadItem) => void
}) => {
  const t = useTexts(chatTexts)
  const uploadFault = useUploadFault()
  if (files.length === 0) return null
  return (
    <ul className={css.files}>
      {files.map((item) => {
        const { key, file, status, share, error } = item
        const name = file?.name ?? ''
        return (
          <li key={key} className={css.file}>
            {error ? (
              <span role="alert">{t.uploadFailed(name, uploadFault(error))}</span>
            ) : status === 'done' ? (
              <span>{name}</span>
            ) : (
              <Progress
                label={t.uploading(name)}
                share={status === 'checking' ? undefined : share}
              />
            )}
            <Button look="quiet" small onClick={() => onRemove(item)} aria-label={t.remove(name)}>
              ✕
            </Button>
          </li>
        )
      })}
    </ul>
  )
}
