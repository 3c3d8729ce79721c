/** Marks that stand above, below or around a letter, in scripts where words are looked for without them. */
const marks =
  // Marks that stand alone are meant: the text was decomposed before.
  // oxlint-disable-next-line no-misleading-character-class
  /[\u0300-\u0344\u0346-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]/g

/** Letters that Unicode does not take apart, and keyboards often lack. */
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

// oxlint-disable-next-line no-control-regex -- they are ASCII as well.
const onlyAscii = /^[\0-\x7f]*$/

/**
 * A text as it is searched: texts that people take for the same become the same. Capitals are small ones (`ß` is `ss`,
 * final sigma a sigma, each Turkish i an i), letters in other shapes are the usual ones (Unicode's NFKD), accents,
 * points and vowel signs of Hebrew and Arabic are gone, and so is what nobody sees. Signs that make another letter, as in
 * Hindi, Thai or Japanese, stay. Every store and every context searches by this; to fold twice changes nothing.
 *
 * It is for finding only. What must be unique is compared by `normalUsername` and `normalEmail`, under which `müller`
 * and `muller` are two people.
 */
export const folded = (text: string): string =>
  // Most texts have nothing to fold but capitals, and documents are written over and over.
  onlyAscii.test(text)
    ? text.toLowerCase()
    : text
        .normalize('NFKD')
        .replaceAll(marks, '')
        .replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '')
        // Up and down again: only capitals show that ß is ss.
        .toLowerCase()
        .toUpperCase()
        .toLowerCase()
        .normalize('NFKD')
        .replaceAll(marks, '')
        .replaceAll(letters, (letter) => plain[letter] ?? letter)
        .normalize('NFC')
