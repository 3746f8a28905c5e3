import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { PackedRecords } from '../packed-records.ts'
import type { GroupingInput } from './group-messages.ts'
import type { ProduceInput } from './produce-input.ts'
import type { RequestHead } from './produce-request.ts'

/** The library's growing buffer, in which it wants every encoded request. */
export interface Encoder {
  buf: Buffer
  offset: number
  readonly buffer: Buffer
}

/** One request of the library, before it has a number and a connection. */
export interface LibraryRequest {
  apiKey: number
  apiVersion: number
  encode: () => Promise<Encoder>
}

/** The library's function that makes a produce request. */
export type CreateProduce = (input: ProduceInput) => LibraryRequest

/** The library's function that puts the head in front of a request. */
export type FrameRequest = (
  call: Pick<RequestHead, 'correlationId' | 'clientId'> & { request: LibraryRequest },
) => Promise<Encoder>

/** The three functions that can be replaced, and the class of their results. */
export interface Internals {
  group: (input: GroupingInput) => Record<string, unknown[] | PackedRecords>
  createProduce: CreateProduce
  frame: FrameRequest
  Encoder: new (initialSize: number) => Encoder
}

/** Where those functions live. */
export const MODULES = {
  group: 'kafkajs/src/producer/groupMessagesPerPartition.js',
  createProduce: 'kafkajs/src/protocol/requests/produce/v3/request.js',
  frame: 'kafkajs/src/protocol/request.js',
  Encoder: 'kafkajs/src/protocol/encoder.js',
} as const

const VERSION = '2.2.4'

/** Modules that keep what they required, so that a replacement after them comes too late. */
const USERS = [
  'kafkajs/src/producer/sendMessages.js',
  'kafkajs/src/network/connection.js',
  'kafkajs/src/protocol/requests/produce/v4/request.js',
]

/** Everything whose behaviour is written a second time here, and who calls it. */
const COPIED = [
  ...Object.values(MODULES),
  ...USERS,
  'kafkajs/src/producer/createTopicData.js',
  'kafkajs/src/protocol/requests/produce/index.js',
  'kafkajs/src/protocol/requests/produce/v5/request.js',
  'kafkajs/src/protocol/requests/produce/v6/request.js',
  'kafkajs/src/protocol/requests/produce/v7/request.js',
  'kafkajs/src/protocol/recordBatch/v0/index.js',
  'kafkajs/src/protocol/recordBatch/record/v0/index.js',
  'kafkajs/src/protocol/recordBatch/header/v0/index.js',
  'kafkajs/src/protocol/recordBatch/crc32C/index.js',
  'kafkajs/src/protocol/recordBatch/crc32C/crc32C.js',
  'kafkajs/src/protocol/message/compression/index.js',
  'kafkajs/src/utils/long.js',
]
/** Over all of them, in this order. */
const COPIED_SHA256 = '913a6981aa98a22db28e1b7e2a3aa06a0be31a4a975770b790e6025fa8da91a7'

/** Says why the library that `require` finds must stay as it is, or null when it need not. */
export function reasonAgainst(require: NodeJS.Require): string | null {
  const { version } = require('kafkajs/package.json') as { version: string }
  if (version !== VERSION) return `kafkajs is ${version}, not ${VERSION}`
  const hash = createHash('sha256')
  for (const path of COPIED) hash.update(readFileSync(require.resolve(path)))
  const released = hash.digest('hex') === COPIED_SHA256
  if (!released) return `the files of kafkajs ${VERSION} are not those of its release`
  const late = USERS.some((path) => require.cache[require.resolve(path)] !== undefined)
  return late ? 'kafkajs was loaded before' : null
}

/** Loads the functions of the library as they are now. */
export function loadInternals(require: NodeJS.Require): Internals {
  return {
    group: require(MODULES.group) as Internals['group'],
    createProduce: require(MODULES.createProduce) as CreateProduce,
    frame: require(MODULES.frame) as FrameRequest,
    Encoder: require(MODULES.Encoder) as Internals['Encoder'],
  }
}
