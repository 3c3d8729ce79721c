const ownFile = /^\/api\/v1\/media\/([0-9a-f-]{36})(?:\/|$)/

/**
 * Returns the id of the stored file that is the picture of a product. Pictures of other sites are not shown: no request
 * leaves the host.
 * @param image address of the picture
 * @param origin of this site
 */
export const mediaIdIn = (image: string | undefined, origin: string): string | undefined => {
  const url = image === undefined ? null : URL.parse(image, origin)
  return url?.origin === origin ? ownFile.exec(url.pathname)?.[1] : undefined
}
