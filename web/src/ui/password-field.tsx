import { useState, type InputHTMLAttributes } from 'react'
import { texts, useTexts } from '../i18n/language.tsx'
import { Button } from './button.tsx'
import { TextField } from './form.tsx'

const passwordTexts = texts(
  { show: 'Show password', hide: 'Hide password' },
  { show: 'Passwort anzeigen', hide: 'Passwort verbergen' },
)

/**
 * A field for a password, which can be shown.
 * @param props.autoComplete `current-password`, or `new-password` where one is chosen, for password managers
 */
export const PasswordField = ({
  autoComplete,
  ...rest
}: {
  readonly name: string
  readonly label: string
  readonly hint?: string | undefined
  readonly autoComplete: 'current-password' | 'new-password'
} & Pick<InputHTMLAttributes<HTMLInputElement>, 'minLength' | 'required'>) => {
  const t = useTexts(passwordTexts)
  const [isShown, setShown] = useState(false)
  return (
    <TextField
      {...rest}
      type={isShown ? 'text' : 'password'}
      autoComplete={autoComplete}
      autoCapitalize="none"
      spellCheck={false}
      maxLength={200}
      beside={
        <Button look="quiet" small onClick={() => setShown(!isShown)}>
          {isShown ? t.hide : t.show}
        </Button>
      }
    />
  )
}
