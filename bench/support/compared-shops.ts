import type { Bench } from './bench.ts'
import type { Aim, Cannon } from './cannon.ts'
import { meter } from './costs.ts'
import type { Cost } from './measure.ts'
import { quietRounds } from './rounds.ts'
import { prefix, type Shop } from './shop.ts'

/** Connections of the load. */
export const connections = 32

/**
 * Measures what a command costs in several shops, in turn: one that changes the stock of a product.
 * @param shops of which only the configuration differs
 * @param gun that fires the commands
 * @param usual number of rounds
 * @returns the costs of each round, in the order of the shops, and how to measure one shop once more
 */
export const comparedShops = async (
  bench: Bench,
  shops: readonly Shop[],
  gun: Cannon,
  usual = 15,
) => {
  const command = async (shop: Shop, seconds: number): Promise<Required<Cost>> => {
    const requests = shop.products.map((id): Aim => ({
      method: 'PUT',
      path: `${prefix}/inventory/${id}`,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${shop.admin}` },
      body: JSON.stringify({ delta: 1, reason: 'bench' }),
    }))
    const ended = await meter(bench, shop.server)
    const shot = await gun.fire({ url: shop.server.url, connections, seconds, requests })
    return ended(shot.count, shot.cpu)
  }

  for (const shop of shops) await command(shop, bench.seconds(2))
  const { rounds, note } = await quietRounds(bench.rounds(usual), async (round) => {
    const costs: Required<Cost>[] = []
    // The first of a round runs on a machine that has been idle, so each is the first in turn.
    for (const turn of shops.keys()) {
      const index = (round + turn) % shops.length
      costs[index] = await command(shops[index]!, bench.seconds(2))
    }
    return costs
  })
  return { rounds, note, command }
}
