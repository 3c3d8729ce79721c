/** A file to upload. */
export type Sent = {
  readonly name?: string
  readonly bytes: Buffer | string
  readonly type?: string
}

/** A form with files as `file`. */
const formOf = (...files: readonly Sent[]): FormData => {
  const form = new FormData()
  for (const { name = 'a', bytes, type = 'application/octet-stream' } of files)
    form.append('file', new Blob([Uint8Array.from(Buffer.from(bytes))], { type }), name)
  return form
}

/** Uploads files. @param api URL of the API: `http://127.0.0.1:3000/api/v1` */
export const uploadTo = async (
  api: string,
  token: string,
  files: readonly Sent[],
  headers: Readonly<Record<string, string>> = {},
) => {
  const answer = await fetch(`${api}/media/upload`, {
    method: 'POST',
    body: formOf(...files),
    headers: { authorization: `Bearer ${token}`, ...headers },
  })
  // What a test looks for in an answer is not known to types.
  // oxlint-disable-next-line typescript/no-explicit-any
  const body: any = await answer.json()
  return { status: answer.status, body }
}
