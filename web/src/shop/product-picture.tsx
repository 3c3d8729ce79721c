import { Picture } from '../ui/media.tsx'
import { mediaIdIn } from './media-id-in.ts'

/** The picture of a product, a plain area without one. @param props.image its address */
export const ProductPicture = ({ image }: { readonly image?: string | undefined }) => (
  <Picture mediaId={mediaIdIn(image, location.origin)} />
)
