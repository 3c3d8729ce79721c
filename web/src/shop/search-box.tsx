import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react'
import { useTexts } from '../i18n/language.tsx'
import { Hidden, Muted } from '../ui/layout.tsx'
import css from './search-box.module.css'
import { suggestionsQuery, type Suggestion } from './search-queries.ts'
import { searchTexts } from './search-texts.ts'
import { useSettled } from './use-settled.ts'

/** Shortest text for which there are suggestions. */
const shortest = 2

const keyOf = ({ type, id, text }: Suggestion): string => `${type} ${id ?? text}`

/**
 * The search field with suggestions while typing: a combobox whose list the arrow keys walk through (WAI-ARIA practices).
 * @param props.text what is typed
 * @param props.isFocused whether the field begins with the focus
 */
const SearchBox = ({
  text,
  onText,
  isFocused,
}: {
  readonly text: string
  readonly onText: (text: string) => void
  readonly isFocused: boolean
}) => {
  const t = useTexts(searchTexts)
  const navigate = useNavigate()
  const id = useId()
  const field = useRef<HTMLInputElement>(null)
  const [isOpen, setOpen] = useState(false)
  /** The suggestion that the arrow keys have reached; it may move as the list changes. */
  const [reached, setReached] = useState<string>()
  const asked = useSettled(text.trim(), 200)
  const { data } = useQuery({
    ...suggestionsQuery(asked),
    enabled: isOpen && asked.length >= shortest,
    placeholderData: (before) => before,
  })
  const suggestions = isOpen && text.trim().length >= shortest && data ? data.suggestions : []
  const at = suggestions.findIndex((one) => keyOf(one) === reached)
  useEffect(() => {
    if (isFocused) field.current?.focus()
  }, [isFocused])

  const close = (): void => {
    setOpen(false)
    setReached(undefined)
  }
  const choose = ({ type, id: found, text: name }: Suggestion): void => {
    close()
    onText('')
    const params = { id: found ?? '' }
    if (found === undefined) void navigate({ to: '/search', search: { q: name } })
    else if (type === 'products') void navigate({ to: '/products/$id', params })
    else if (type === 'gigs') void navigate({ to: '/gigs/$id', params })
    else if (type === 'users') void navigate({ to: '/people/$id', params })
    else void navigate({ to: '/search', search: { q: name } })
  }
  const move = (event: KeyboardEvent, to: number): void => {
    event.preventDefault()
    const next = suggestions.at(to % Math.max(suggestions.length, 1))
    setReached(next && keyOf(next))
  }
  const keys = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown') {
      setOpen(true)
      move(event, at + 1)
    } else if (event.key === 'ArrowUp') move(event, Math.max(at, 0) - 1)
    else if (event.key === 'Escape' && isOpen) {
      event.preventDefault()
      close()
    } else if (event.key === 'Enter') {
      const chosen = suggestions[at]
      if (!chosen) return
      event.preventDefault()
      choose(chosen)
    }
  }
  return (
    <div className={css.box}>
      <input
        ref={field}
        type="search"
        name="q"
        role="combobox"
        aria-label={t.label}
        placeholder={t.label}
        maxLength={200}
        autoComplete="off"
        aria-autocomplete="list"
        aria-expanded={suggestions.length > 0}
        aria-controls={`${id}-list`}
        aria-activedescendant={at >= 0 ? `${id}-${at}` : undefined}
        value={text}
        onChange={({ currentTarget: { value } }) => {
          onText(value)
          setOpen(true)
          setReached(undefined)
        }}
        onKeyDown={keys}
        onBlur={close}
      />
      <div
        id={`${id}-list`}
        role="listbox"
        aria-label={t.suggestions}
        className={css.options}
        hidden={suggestions.length === 0}
      >
        {suggestions.map((one, nth) => (
          <div
            key={keyOf(one)}
            id={`${id}-${nth}`}
            role="option"
            tabIndex={-1}
            aria-selected={nth === at}
            className={css.option}
            // The field keeps the focus, so that the list is still there as the button is released.
            onMouseDown={(event) => event.preventDefault()}
            onMouseUp={({ button }) => button === 0 && choose(one)}
          >
            <span>{one.text}</span>
            <Muted>{t.kindOf(one.type)}</Muted>
          </div>
        ))}
      </div>
      <span role="status">
        {suggestions.length > 0 && <Hidden>{t.suggested(suggestions.length)}</Hidden>}
      </span>
    </div>
  )
}

export default SearchBox
