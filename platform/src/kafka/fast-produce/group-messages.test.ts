import fc from 'fast-check'
import { expect, test } from 'vitest'
import { groupMessagesPerPartition } from './group-messages.ts'
import { libraryInternals } from './install.ts'

const original = libraryInternals().group

test('groups as the library does, the very same messages in the same order', () => {
  const messages = fc.array(fc.record({ partition: fc.nat(20), value: fc.string() }))
  fc.assert(
    fc.property(messages, fc.nat(3), (list, partitions) => {
      const asked: unknown[] = []
      const input = {
        topic: 'orders',
        partitionMetadata: Array.from({ length: partitions }, (_, partitionId) => ({
          partitionId,
        })),
        messages: list,
        partitioner: (args: { message: unknown }): number => {
          asked.push(args)
          return (args.message as { partition: number }).partition
        },
      }
      const expected = original(input)
      const askedByLibrary = asked.splice(0)
      const groups = groupMessagesPerPartition(input)
      expect(groups).toEqual(expected)
      expect(Object.keys(groups)).toEqual(Object.keys(expected))
      expect(asked).toEqual(askedByLibrary)
      expect(
        Object.values(groups)
          .flat()
          .every((message) => list.includes(message as never)),
      ).toBe(true)
    }),
  )
})
