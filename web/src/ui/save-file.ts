/** Time after which the content of a saved file is released, in ms: revoked at once, some browsers save nothing. */
const heldMs = 60_000

/** Lets the browser save content as a file. */
export const saveFile = (name: string, content: Blob): void => {
  const url = URL.createObjectURL(content)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), heldMs)
}
