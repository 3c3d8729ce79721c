import css from './marked-text.module.css'
import { piecesOf } from './marked.ts'

/** A text whose found words are marked. @param props.ranges offsets in UTF-16 code units, the end excluded */
export const MarkedText = ({
  text,
  ranges = [],
}: {
  readonly text: string
  readonly ranges?: readonly (readonly number[])[] | undefined
}) =>
  piecesOf(text, ranges).map((piece, at) =>
    piece.isFound ? (
      <mark key={at} className={css.found}>
        {piece.text}
      </mark>
    ) : (
      <span key={at}>{piece.text}</span>
    ),
  )
