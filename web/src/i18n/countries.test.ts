import { expect, test } from 'vitest'
import { countries } from '../../../src/domains/shared/countries.ts'
import { countriesIn, countryCodes, countryOf } from './countries.ts'

test('the countries are those that the API admits', () =>
  expect(countryCodes.toSorted()).toStrictEqual([...countries].toSorted()))

test('they are listed by their names in the language of the page', () => {
  const german = countriesIn('de').map(([, name]) => name)
  expect(german.slice(0, 3)).toStrictEqual(['Afghanistan', 'Ägypten', 'Ålandinseln'])
  expect(countriesIn('en')).toContainEqual(['DE', 'Germany'])
})

test('the country of a browser is that of its region, if it has one', () => {
  expect(countryOf('en-GB')).toBe('GB')
  expect(countryOf('de')).toBeUndefined()
})
