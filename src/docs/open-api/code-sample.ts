/** A request to copy, as tools that show OpenAPI documents expect it in `x-codeSamples`. */
export type CodeSample = {
  readonly lang: 'Shell'
  readonly label: 'curl'
  readonly source: string
}

/** A word of a POSIX shell, in single quotes. */
const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`

/** Name of the shell variable for a path parameter: `ORDER_ID` for `orderId`. */
const variableOf = (parameter: string): string =>
  parameter.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase()

/**
 * The request of an operation as a command of curl. The shell's variables `AGORA`, `TOKEN` and those of the path's
 * parameters stand for the origin, the access token and the parameters.
 * @param request.path with parameters in braces: `/api/v1/orders/{id}`
 * @param request.isPublic whether it needs no access token
 * @param request.example of the body, if it has one
 * @param request.file name of the form field of a file, if the body is a form
 */
export const curlOf = ({
  method,
  path,
  isPublic,
  example,
  file,
}: {
  readonly method: string
  readonly path: string
  readonly isPublic: boolean
  readonly example?: unknown
  readonly file?: string | undefined
}): CodeSample => {
  const url = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => `$${variableOf(name)}`)
  const options = [
    `curl${method === 'GET' ? '' : ` -X ${method}`} "$AGORA${url}"`,
    ...(isPublic ? [] : ['-H "authorization: Bearer $TOKEN"']),
    ...(file === undefined ? [] : [`-F ${file}=@"$FILE"`]),
    ...(example === undefined
      ? []
      : ["-H 'content-type: application/json'", `-d ${quoted(JSON.stringify(example))}`]),
  ]
  return { lang: 'Shell', label: 'curl', source: options.join(' \\\n  ') }
}
