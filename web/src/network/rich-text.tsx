import { Link } from '@tanstack/react-router'
import css from './post.module.css'
import { piecesOf, type Mention } from './text-pieces.ts'

/** A text of a user with its mentions and tags as links; everything else of it is plain text. */
export const RichText = ({
  text,
  mentions,
  tags,
}: {
  readonly text: string
  readonly mentions: readonly Mention[]
  readonly tags?: readonly string[]
}) => {
  if (text === '') return null
  return (
    <p className={css.text}>
      {piecesOf(text, { mentions, ...(tags && { tags }) }).map((piece, at) => {
        if (piece.kind === 'mention')
          return (
            <Link key={at} to="/people/$id" params={{ id: piece.userId }}>
              {piece.text}
            </Link>
          )
        if (piece.kind === 'tag')
          return (
            <Link key={at} to="/search" search={{ q: `#${piece.tag}` }}>
              {piece.text}
            </Link>
          )
        return piece.text
      })}
    </p>
  )
}
