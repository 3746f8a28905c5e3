/** What a producer has left behind. */
export interface ProducerFinds {
  acknowledged: ReadonlySet<string>
  /** How often each order is on the log. */
  onLog: ReadonlyMap<string, number>
}

/** What a consumer has left behind. */
export interface ConsumerFinds {
  acknowledged: ReadonlySet<string>
  stored: ReadonlySet<string>
  /** How often orders were given to the write, and how often a write had an effect. */
  deliveries: number
  effects: number
}

/** Counts what is lost or copied between acknowledgement and log. */
export function countProducer({ acknowledged, onLog }: ProducerFinds): {
  acknowledged: number
  lost: number
  deliveredAgain: number
} {
  const copies = [...onLog.values()].reduce((sum, times) => sum + times - 1, 0)
  return {
    acknowledged: acknowledged.size,
    lost: countMissing(acknowledged, onLog),
    deliveredAgain: copies,
  }
}

/** Counts what is lost or doubled between log and store. */
export function countConsumer({ acknowledged, stored, deliveries, effects }: ConsumerFinds): {
  acknowledged: number
  lost: number
  deliveredAgain: number
  secondEffects: number
} {
  return {
    acknowledged: acknowledged.size,
    lost: countMissing(acknowledged, stored),
    deliveredAgain: deliveries - stored.size,
    secondEffects: effects - stored.size,
  }
}

function countMissing(
  wanted: ReadonlySet<string>,
  found: { has(orderId: string): boolean },
): number {
  return [...wanted].filter((orderId) => !found.has(orderId)).length
}
