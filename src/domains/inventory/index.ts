import { module } from '../../serving/module.ts'
import { inventoryChannel } from './channel.ts'
import { stock } from './language.ts'
import { published } from './published.ts'
import { routes } from './routes.ts'

/** The context `inventory`. */
export const inventory = module({
  name: 'inventory',
  about: 'Stock of products',
  deciders: [stock],
  published,
  routes,
  channels: [inventoryChannel],
})
