import { useState } from 'react'
import { useTexts } from '../i18n/language.tsx'
import { thumbnailOf } from '../ui/media.tsx'
import { useNameOf } from './byline.tsx'
import type { Post } from './post-queries.ts'
import { postTexts } from './post-texts.ts'
import css from './post.module.css'

/** A picture; other files have no thumbnail, and are shown as a link. */
const Thumbnail = ({
  id,
  alt,
  file,
}: {
  readonly id: string
  readonly alt: string
  readonly file: string
}) => {
  const [isFile, setIsFile] = useState(false)
  if (isFile) return <span className={css.file}>{file}</span>
  return <img src={thumbnailOf(id)} alt={alt} loading="lazy" onError={() => setIsFile(true)} />
}

/** The pictures of a post in a grid; each opens in full in a tab of its own. */
export const PostPictures = ({ post: { media, author } }: { readonly post: Post }) => {
  const t = useTexts(postTexts)
  const name = useNameOf()(author)
  if (media.length === 0) return null
  return (
    <ul className={css.pictures}>
      {media.map(({ id }, at) => (
        <li key={id}>
          <a
            href={`/api/v1/media/${encodeURIComponent(id)}/content`}
            target="_blank"
            rel="noreferrer"
          >
            <Thumbnail id={id} alt={t.picture(at + 1, media.length, name)} file={t.file(at + 1)} />
          </a>
        </li>
      ))}
    </ul>
  )
}
