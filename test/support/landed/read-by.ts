import type { Call } from '../http.ts'

/** Reads what stays the same of an answer: its data, the text of a file, or the code of a refusal. */
export const readBy = async (
  call: Call,
  path: string,
): Promise<{ readonly status: number; readonly data: unknown }> => {
  const { status, body, text } = await call('GET', path)
  return { status, data: body === undefined ? text : (body.data ?? body.code) }
}
