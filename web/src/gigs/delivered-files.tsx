import { useQuery } from '@tanstack/react-query'
import { useFormats } from '../i18n/formats.ts'
import { useTexts } from '../i18n/language.tsx'
import { Muted } from '../ui/layout.tsx'
import { Picture } from '../ui/media.tsx'
import css from './gigs.module.css'
import { fileQuery } from './order-queries.ts'
import { roomTexts } from './order-room-texts.ts'

const DeliveredFile = ({ mediaId, nth }: { readonly mediaId: string; readonly nth: number }) => {
  const t = useTexts(roomTexts)
  const { bytes } = useFormats()
  const { data, isError } = useQuery(fileQuery(mediaId))
  const isGone = isError || (data && data.url === undefined)
  if (isGone) return <Muted>{t.fileGone}</Muted>
  if (!data) return <Muted>{t.file(nth)}</Muted>
  const name = data.name ?? t.file(nth)
  return (
    <>
      {data.kind === 'image' && (
        <div className={css.preview}>
          <Picture mediaId={mediaId} />
        </div>
      )}
      <a href={data.url} download={name}>
        {t.download(name, bytes(data.size))}
      </a>
    </>
  )
}

/** The files of a delivery, to look at and to save. */
export const DeliveredFiles = ({ mediaIds }: { readonly mediaIds: readonly string[] }) => {
  const t = useTexts(roomTexts)
  if (mediaIds.length === 0) return null
  return (
    <ul className={css.files} aria-label={t.files}>
      {mediaIds.map((mediaId, at) => (
        <li key={mediaId}>
          <DeliveredFile mediaId={mediaId} nth={at + 1} />
        </li>
      ))}
    </ul>
  )
}
