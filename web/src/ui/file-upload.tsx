import { useEffect, useRef, useState } from 'react'
import { ApiProblem, isOutage } from '../api/problem.ts'
import { common } from '../i18n/common.ts'
import { useFormats } from '../i18n/formats.ts'
import { useTexts } from '../i18n/language.tsx'
import { Button } from './button.tsx'
import { Progress } from './feedback.tsx'
import { fileUploadTexts } from './file-upload-texts.ts'
import css from './file-upload.module.css'
import { Muted } from './layout.tsx'
import { thumbnailOf } from './media.tsx'
import { useUploadFault } from './upload-fault.ts'
import { useUploads, type UploadItem } from './use-uploads.ts'

/** A small picture of a file: of the file itself while it is here, else the server's; other files show their ending. */
const Preview = ({ item }: { readonly item: UploadItem }) => {
  const { file, mediaId, status } = item
  const preview = status === 'failed' ? undefined : item.preview
  const shown = preview ?? (file || mediaId === undefined ? undefined : thumbnailOf(mediaId, 320))
  if (shown !== undefined) return <img className={css.preview} src={shown} alt="" />
  return (
    <span className={css.preview} aria-hidden="true">
      {file?.name.split('.').at(-1)?.slice(0, 4).toUpperCase()}
    </span>
  )
}

const Item = ({
  item,
  name,
  onRemove,
  onRetry,
}: {
  readonly item: UploadItem
  readonly name: string
  readonly onRemove: () => void
  readonly onRetry: () => void
}) => {
  const t = useTexts(fileUploadTexts)
  const { retry, cancel } = useTexts(common)
  const { bytes } = useFormats()
  const faultText = useUploadFault()
  const { status, file, share, error } = item
  const isBusy = status === 'sending' || status === 'checking'
  const mayRetry = isOutage(error) || (error instanceof ApiProblem && error.status === 429)
  return (
    <li className={css.item}>
      <Preview item={item} />
      <div className={css.about}>
        <span className={css.name}>{name}</span>
        {status === 'sending' && <Progress label={t.sending(name)} share={share} />}
        {status === 'checking' && <Progress label={t.checking(name)} share={undefined} />}
        <span role="status">
          {status === 'done' && (
            <Muted>
              {t.done}
              {file && ` · ${bytes(file.size)}`}
            </Muted>
          )}
          {error && <span className={css.fault}>{faultText(error)}</span>}
        </span>
      </div>
      <div className={css.actions}>
        {mayRetry && (
          <Button small look="quiet" aria-label={t.retryNamed(name)} onClick={onRetry}>
            {retry}
          </Button>
        )}
        <Button
          small
          look="quiet"
          aria-label={isBusy ? t.cancelNamed(name) : t.removeNamed(name)}
          onClick={onRemove}
        >
          {isBusy ? cancel : t.remove}
        </Button>
      </div>
    </li>
  )
}

/**
 * A field for files, which are uploaded as they are chosen or dropped: each shows its progress, its fault, and can be
 * cancelled or removed. A new `key` empties it.
 * @param props.accept kinds of files, as in the `accept` of an input
 * @param props.most number of files
 * @param props.given ids of the files that it begins with
 * @param props.onChange called with the ids of all files that the server has accepted, in their order
 * @param props.onBusy called as uploads begin and as the last one ends
 */
export const FileUpload = ({
  label,
  accept,
  most,
  given = [],
  onChange,
  onBusy,
}: {
  readonly label: string
  readonly accept: string
  readonly most: number
  readonly given?: readonly string[]
  readonly onChange: (mediaIds: readonly string[]) => void
  readonly onBusy?: (isBusy: boolean) => void
}) => {
  const t = useTexts(fileUploadTexts)
  const { items, isBusy, add, retry, remove } = useUploads({ given, accept, most })
  const [isOver, setIsOver] = useState(false)
  const [leftOver, setLeftOver] = useState(0)
  const input = useRef<HTMLInputElement>(null)
  const button = useRef<HTMLButtonElement>(null)

  const nameOf = (item: UploadItem): string =>
    item.file?.name ?? t.given(items.findIndex(({ key }) => key === item.key) + 1)

  const listeners = useRef({ onChange, onBusy })
  useEffect(() => {
    listeners.current = { onChange, onBusy }
  })
  const ids = items
    .flatMap(({ mediaId, status }) => (status === 'done' && mediaId !== undefined ? [mediaId] : []))
    .join()
  const isFirst = useRef(true)
  useEffect(() => {
    if (isFirst.current) isFirst.current = false
    else listeners.current.onChange(ids === '' ? [] : ids.split(','))
  }, [ids])
  useEffect(() => listeners.current.onBusy?.(isBusy), [isBusy])

  const take = (files: FileList | null): void => {
    if (files) setLeftOver(add([...files]))
  }
  return (
    <fieldset className={css.upload}>
      <legend>{label}</legend>
      <div
        className={`${css.area} ${isOver ? css.over : ''}`}
        onDragOver={(event) => {
          event.preventDefault()
          setIsOver(true)
        }}
        onDragLeave={() => setIsOver(false)}
        onDrop={(event) => {
          event.preventDefault()
          setIsOver(false)
          take(event.dataTransfer.files)
        }}
      >
        <Button ref={button} onClick={() => input.current?.click()}>
          {most === 1 ? t.chooseOne : t.choose}
        </Button>
        <span>{most === 1 ? t.orDropOne : t.orDrop(most)}</span>
        <input
          ref={input}
          type="file"
          hidden
          aria-label={label}
          accept={accept}
          multiple={most > 1}
          onChange={({ target }) => {
            take(target.files)
            // The same file can be chosen again.
            target.value = ''
          }}
        />
      </div>
      {items.length > 0 && (
        <ul className={css.items}>
          {items.map((item) => (
            <Item
              key={item.key}
              item={item}
              name={nameOf(item)}
              onRetry={() => retry(item)}
              onRemove={() => {
                remove(item)
                setLeftOver(0)
                button.current?.focus()
              }}
            />
          ))}
        </ul>
      )}
      {leftOver > 0 && (
        <span className={css.fault} role="alert">
          {t.tooMany(most, leftOver)}
        </span>
      )}
    </fieldset>
  )
}
