// Public part of this context: its deciders, ids and types.

export { blob, BlobId, blobIdOf } from './blob.ts'
export { controls, kindOf, typeOf, typeShowsIn, type AcceptedType } from './file-kind.ts'
export { media, MediaKind, MediaType, type StoredMedia } from './media.ts'
export { mediaSpace } from './media-space.ts'
export { pictureSize, sizeShowsIn, type PictureSize } from './picture-size.ts'
