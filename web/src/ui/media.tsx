import { texts, useTexts } from '../i18n/language.tsx'
import { useFormats } from '../i18n/formats.ts'
import { Hidden } from './layout.tsx'
import css from './media.module.css'

const mediaTexts = texts(
  { stars: (rating: string) => `${rating} of 5 stars`, noRating: 'No reviews yet' },
  { stars: (rating: string) => `${rating} von 5 Sternen`, noRating: 'Noch keine Bewertungen' },
)

/** Address of a stored file's thumbnail. @param size its longer edge, in px */
export const thumbnailOf = (mediaId: string, size = 640): string =>
  `/api/v1/media/${encodeURIComponent(mediaId)}/thumbnail?size=${size}`

/** The first letter of a name, in upper case; a letter may have several code points. */
const initialOf = (name: string): string => {
  const [first] = new Intl.Segmenter().segment(name)
  return first?.segment.toUpperCase() ?? '?'
}

/** A user's picture, or the first letter of the name. The name stands beside it, so that it has no text of its own. */
export const Avatar = ({
  name,
  mediaId,
  large = false,
}: {
  readonly name: string
  readonly mediaId?: string | undefined
  readonly large?: boolean
}) => {
  const look = `${css.avatar} ${large ? css.large : ''}`
  return mediaId === undefined ? (
    <span className={look} aria-hidden="true">
      {initialOf(name)}
    </span>
  ) : (
    <img className={look} src={thumbnailOf(mediaId)} alt="" loading="lazy" />
  )
}

/** A picture of something listed; a plain area without one. @param props.alt empty where the name stands beside it */
export const Picture = ({
  mediaId,
  alt = '',
}: {
  readonly mediaId?: string | undefined
  readonly alt?: string
}) =>
  mediaId === undefined ? (
    <span className={`${css.picture} ${css.none}`} aria-hidden="true">
      ◇
    </span>
  ) : (
    <img className={css.picture} src={thumbnailOf(mediaId)} alt={alt} loading="lazy" />
  )

/** A rating in stars, with the number of reviews it is the mean of. */
export const Stars = ({
  rating,
  count,
}: {
  readonly rating: number | undefined
  readonly count?: number
}) => {
  const t = useTexts(mediaTexts)
  const { number } = useFormats()
  if (rating === undefined || count === 0) return <span>{t.noRating}</span>
  const full = Math.round(rating)
  return (
    <span>
      <span className={css.stars} aria-hidden="true">
        {'★'.repeat(full)}
        {'☆'.repeat(5 - full)}
      </span>
      <Hidden>{t.stars(number(rating))}</Hidden>
      {count !== undefined && ` (${number(count)})`}
    </span>
  )
}
