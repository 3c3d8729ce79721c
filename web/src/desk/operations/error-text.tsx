import css from './operations.module.css'

/** An error with its stack, as it was thrown. */
export const ErrorText = ({ label, text }: { readonly label: string; readonly text: string }) => (
  <pre className={css.json} tabIndex={0} role="region" aria-label={label}>
    {text}
  </pre>
)
