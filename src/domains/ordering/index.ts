import { module } from '../../serving/module.ts'
import { order } from './language.ts'

/** The context `ordering`. */
export const ordering = module({
  name: 'ordering',
  about: 'Orders, from the checkout to the doorstep',
  deciders: [order],
})
