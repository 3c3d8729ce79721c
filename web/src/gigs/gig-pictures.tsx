import { useTexts } from '../i18n/language.tsx'
import { Grid } from '../ui/layout.tsx'
import { Picture } from '../ui/media.tsx'
import { gigTexts } from './texts.ts'

/** The first picture of a gig, a plain area without one. */
export const GigPicture = ({ mediaIds }: { readonly mediaIds: readonly string[] }) => (
  <Picture mediaId={mediaIds[0]} />
)

/** All pictures of a gig. */
export const GigPictures = ({ mediaIds }: { readonly mediaIds: readonly string[] }) => {
  const t = useTexts(gigTexts)
  if (mediaIds.length === 0) return null
  return (
    <Grid label={t.pictures}>
      {mediaIds.map((id, at) => (
        <li key={id}>
          <Picture mediaId={id} alt={t.picture(at + 1)} />
        </li>
      ))}
    </Grid>
  )
}
