/** A URL for messages: without user and password, also if the password has characters that should have been percent-encoded. */
export const withoutPassword = (url: string): string =>
  url.replace(/\/\/.*@/, '//').replaceAll(/([?&][^=&]*password=)[^&]*/gi, '$1***')
