import { dictionary } from '@zxcvbn-ts/language-common'
import { firstUse } from '#kernel'
import { invalid } from '../../../serving/problem.ts'

/** Common passwords that the dictionary of zxcvbn leaves to its rules, and those of programs and of other languages. */
const alsoCommon = `password12345 p@ssword 87654321 987654321 9876543210 0987654321 0123456789 01234567 aa12345678 abcdefgh
  abcdefghi changeme123 admin1234 admin12345 admin123456 root1234 toor1234 guest123 test12345 tester123 demo1234 user1234
  secret1234 login123 summer123 winter123 autumn12 lovers12 fortnite password1! qwerty1! welcome1! admin@123 pass@123
  pass12345 p@ssw0rd1 facebook1 linkedin linkedin1 instagram twitter1 hotmail1 yahoo123 myspace123 dropbox1 contraseña
  qwertz123 qwertzui`

/** The most common passwords, in lower case; guessing programs try them first. */
const commonest = firstUse(() => new Set([...dictionary.passwords, ...alsoCommon.split(/\s+/)]))

/** A text that repeats up to four characters: `abababab`. */
const repetition = /^(.{1,4}?)\1+$/su

/**
 * Validates a chosen password. Rejected are the most common ones (some 18,000 of eight characters and more),
 * repetitions of a few characters, and the user's own address and names (OWASP ASVS 6.2.4, 6.2.11).
 * @param field field of the request that holds it
 * @param called the user's address and names
 * @throws Problem 400 that names the field
 */
export const mustBeHardToGuess = (
  field: string,
  password: string,
  called: readonly (string | undefined)[],
): void => {
  const chosen = password.trim().toLowerCase()
  if (chosen === '' || commonest().has(chosen) || repetition.test(chosen))
    throw invalid(field, 'is one of the first that others would guess; choose another one')
  if (called.some((name) => name !== undefined && name.trim().toLowerCase() === chosen))
    throw invalid(field, 'must not be your address or your name; choose another one')
}
