/** Pattern of a telephone number in the international form (E.164): at most 15 digits, `+4915112345678`. */
export const phonePattern = '^\\+[1-9][0-9]{6,14}$'
