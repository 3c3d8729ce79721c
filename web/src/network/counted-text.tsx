import { useState, type ReactNode } from 'react'
import { useFormats } from '../i18n/formats.ts'
import { useTexts } from '../i18n/language.tsx'
import { TextArea } from '../ui/form.tsx'
import { postTexts } from './post-texts.ts'
import css from './post.module.css'
import { recognisedIn } from './text-pieces.ts'

/** Number of characters as the API counts them. */
const lengthOf = (text: string): number => Array.from(text).length

/**
 * A field for a text that counts its characters, and shows the tags and names that it recognises.
 * @param props.most characters; the API refuses more, and nothing that was typed is cut off
 */
export const CountedText = ({
  name,
  label,
  most,
  initial = '',
  required,
  rows,
}: {
  readonly name: string
  readonly label: string
  readonly most: number
  readonly initial?: string
  readonly required: boolean
  readonly rows: number
}): ReactNode => {
  const t = useTexts(postTexts)
  const { number } = useFormats()
  const [text, setText] = useState(initial)
  const used = lengthOf(text.trim())
  const recognised = recognisedIn(text)
  return (
    <>
      <TextArea
        name={name}
        label={label}
        rows={rows}
        required={required}
        defaultValue={initial}
        hint={t.textHint(number(used), number(most))}
        onChange={({ target }) => setText(target.value)}
      />
      {used > most && (
        <span className={css.over} role="alert">
          {t.tooLong(number(used - most), number(most))}
        </span>
      )}
      {recognised.length > 0 && (
        <div className={css.recognised}>
          {t.recognised}
          {recognised.map((one) => (
            <strong key={one}>{one}</strong>
          ))}
        </div>
      )}
    </>
  )
}
