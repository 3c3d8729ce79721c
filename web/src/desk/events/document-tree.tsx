import { useTexts } from '../../i18n/language.tsx'
import css from './events.module.css'
import { isContainer, pointerOf, type JsonPath } from './json-path.ts'
import { whyTexts } from './why-texts.ts'

type Chosen = {
  /** Path of the chosen field. */
  readonly chosen: JsonPath | undefined
  readonly onChoose: (path: JsonPath) => void
}

const Field = ({
  name,
  value,
  path,
  chosen,
  onChoose,
}: Chosen & { readonly name: string; readonly value: unknown; readonly path: JsonPath }) => {
  const t = useTexts(whyTexts)
  const summary = isContainer(value)
    ? Array.isArray(value)
      ? `${t.list} (${value.length})`
      : t.object
    : JSON.stringify(value)
  return (
    <li>
      <button
        type="button"
        className={css.field}
        aria-pressed={chosen !== undefined && pointerOf(chosen) === pointerOf(path)}
        onClick={() => onChoose(path)}
      >
        <b>{name}</b>: {summary}
      </button>
      {isContainer(value) && Object.keys(value).length > 0 && (
        <ul>
          {Object.entries(value).map(([one, part]) => (
            <Field
              key={one}
              name={one}
              value={part}
              path={[...path, one]}
              chosen={chosen}
              onChoose={onChoose}
            />
          ))}
        </ul>
      )}
    </li>
  )
}

/** A document as a tree of its fields, each of which can be chosen. */
export const DocumentTree = ({
  document,
  chosen,
  onChoose,
}: Chosen & { readonly document: unknown }) => {
  const t = useTexts(whyTexts)
  return (
    <ul className={css.tree} aria-label={t.fields}>
      {Object.entries(isContainer(document) ? document : {}).map(([name, value]) => (
        <Field
          key={name}
          name={name}
          value={value}
          path={[name]}
          chosen={chosen}
          onChoose={onChoose}
        />
      ))}
    </ul>
  )
}
