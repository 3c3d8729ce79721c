import { useQuery } from '@tanstack/react-query'
import { useFormats } from '../i18n/formats.ts'
import { useTexts } from '../i18n/language.tsx'
import { useProblemText } from '../ui/problem-text.ts'
import { thumbnailOf } from '../ui/media.tsx'
import { fileQuery } from './chat-queries.ts'
import css from './message.module.css'
import { chatTexts } from './texts.ts'

const contentOf = (id: string): string => `/api/v1/media/${encodeURIComponent(id)}/content`

const MessageFile = ({ id }: { readonly id: string }) => {
  const t = useTexts(chatTexts)
  const { bytes } = useFormats()
  const problemText = useProblemText()
  const { data: file, error } = useQuery(fileQuery(id))
  if (!file) return <span className={css.file}>{error ? problemText(error) : t.file}</span>
  if (file.status === 'REJECTED') return <span className={css.file}>{t.rejected}</span>
  return (
    <a className={css.file} href={contentOf(id)} target="_blank" rel="noreferrer">
      {file.kind === 'image' ? (
        <img className={css.media} src={thumbnailOf(id, 320)} alt={t.picture} />
      ) : (
        (file.name ?? t[file.kind](bytes(file.size)))
      )}
    </a>
  )
}

/** The files of a message: pictures are shown, all are links to their content. */
export const MessageFiles = ({ ids = [] }: { readonly ids?: readonly string[] | undefined }) =>
  ids.map((id) => <MessageFile key={id} id={id} />)
