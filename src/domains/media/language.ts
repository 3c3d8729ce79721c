// Public part of this context: its deciders, ids and types.

export { mediaIdInPath, mediaIdInUrl } from './address.ts'
export { blob, BlobId, blobIdOf } from './blob.ts'
export { controls, kindOf, typeOf, typeShowsIn, type AcceptedType } from './file-kind.ts'
export { directUpload } from './direct-upload.ts'
export {
  Colour,
  media,
  MediaKind,
  MediaType,
  RejectionReason,
  Thumbnails,
  thumbnailSizes,
  type PresentMedia,
} from './media.ts'
export { mediaSpace } from './media-space.ts'
export { maxPixels, pictureSize, sizeShowsIn, type PictureSize } from './picture-size.ts'
