/**
 * Returns a random UUID (RFC 9562, version 4). `crypto.randomUUID` exists on pages with TLS and on this machine only; a
 * page from another host in a private network has none.
 */
export const newId = (): string => {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  const hex = Array.from(bytes, (byte, at) => {
    const marked = at === 6 ? (byte & 0x0f) | 0x40 : at === 8 ? (byte & 0x3f) | 0x80 : byte
    return marked.toString(16).padStart(2, '0')
  }).join('')
  return [0, 8, 12, 16, 20].map((from, nth, all) => hex.slice(from, all[nth + 1])).join('-')
}
