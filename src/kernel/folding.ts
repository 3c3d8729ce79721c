/** Combining marks that search ignores, of scripts whose readers search without them. */
const marks =
  // The class holds lone combining marks on purpose: the text is decomposed before.
  // oxlint-disable-next-line no-misleading-character-class
  /[\u0300-\u0344\u0346-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]/g

/** Letters that Unicode does not decompose, and that keyboards often lack. */
const plain: Readonly<Record<string, string>> = {
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ħ: 'h',
  ł: 'l',
  þ: 'th',
  ŧ: 't',
  ı: 'i',
  ς: 'σ',
}
const letters = new RegExp(`[${Object.keys(plain).join('')}]`, 'g')

// oxlint-disable-next-line no-control-regex -- control characters are ASCII as well.
const onlyAscii = /^[\0-\x7f]*$/

/**
 * Returns a text in its form for search: texts that people regard as equal become equal. Letters become lower case (`ß`
 * becomes `ss`, a final sigma a sigma, each Turkish i an i), compatibility characters are replaced (Unicode's NFKD), and
 * accents, points and vowel signs of Hebrew and Arabic, and invisible characters are removed. Signs that make another
 * letter, as in Hindi, Thai or Japanese, stay. All stores and contexts search by this form. Folding is idempotent.
 *
 * It is for search only. Uniqueness is checked by `normalUsername` and `normalEmail`, under which `müller` and `muller`
 * are two users.
 */
export const folded = (text: string): string =>
  // Fast path: most texts are ASCII, and documents are written often.
  onlyAscii.test(text)
    ? text.toLowerCase()
    : text
        .normalize('NFKD')
        .replaceAll(marks, '')
        .replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '')
        // Through upper case: only that turns ß into ss.
        .toLowerCase()
        .toUpperCase()
        .toLowerCase()
        .normalize('NFKD')
        .replaceAll(marks, '')
        .replaceAll(letters, (letter) => plain[letter] ?? letter)
        .normalize('NFC')
