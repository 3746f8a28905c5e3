import { UserError } from '@orders/platform/user-error'
import { brokerDrills } from './catalogue/brokers.ts'
import { consumerDrills } from './catalogue/consumers.ts'
import { lostAnswerDrills } from './catalogue/lost-answer.ts'
import { networkDrills } from './catalogue/network.ts'
import { poisonDrills } from './catalogue/poison.ts'
import { redisDrills } from './catalogue/redis.ts'
import { registryDrills } from './catalogue/registry.ts'
import { topicDrills } from './catalogue/topics.ts'
import type { Drill, Tier } from './drill.ts'

const ALL = 'all'
const NUMBER = /\d+/

/** Every drill there is, in the order of the catalogue of faults. */
export const catalogue: readonly Drill[] = [
  ...brokerDrills,
  ...networkDrills,
  ...lostAnswerDrills,
  ...consumerDrills,
  ...redisDrills,
  ...registryDrills,
  ...poisonDrills,
  ...topicDrills,
].sort((a, b) => numberOf(a) - numberOf(b))

/** Finds drills by their names; `all` means all that a tier has injections for. */
export function findDrills(names: readonly string[], tier: Tier): Drill[] {
  const found = names.flatMap((name) => (name === ALL ? drillsOf(tier) : [findDrill(name)]))
  return [...new Set(found)]
}

function drillsOf(tier: Tier): Drill[] {
  return catalogue.filter(({ injections }) => injections[tier] > 0)
}

function findDrill(name: string): Drill {
  const drill = catalogue.find((each) => each.name === name)
  if (drill) return drill
  const names = catalogue.map((each) => each.name).join(', ')
  throw new UserError(`there is no drill "${name}", only: ${ALL}, ${names}`)
}

function numberOf({ fault }: Drill): number {
  return Number(NUMBER.exec(fault)?.[0] ?? 0)
}
