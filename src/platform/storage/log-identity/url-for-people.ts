/** A URL as people may read it: without who signs in by it, also where the password should have been written in % signs. */
export const withoutPassword = (url: string): string =>
  url.replace(/\/\/.*@/, '//').replaceAll(/([?&][^=&]*password=)[^&]*/gi, '$1***')
