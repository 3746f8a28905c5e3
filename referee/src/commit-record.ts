/** What a record of the brokers' own topic says of one committed offset. */
export interface CommitEntry {
  group: string
  topic: string
  partition: number
  /** Null when the commit was taken away: the group or the topic was deleted, or it expired. */
  commit: { offset: number; at: number } | null
}

const KEY_VERSION_MAX = 1
const VALUE_VERSION_MAX = 4
/** From this version on a value holds the epoch of the leader. */
const WITH_EPOCH = 3
/** From this version on a text begins with its length plus one, as a varint. */
const FLEXIBLE = 4
const VARINT_BASE = 0x80

/** Java's hash of a text. */
export function javaHash(text: string): number {
  let hash = 0
  for (let at = 0; at < text.length; at += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0
  return hash
}

/** The partition of the brokers' topic that holds all commits of a group. */
export function homeOf(groupId: string, partitions: number): number {
  return Math.abs(javaHash(groupId)) % partitions
}

/** Reads a record of the brokers' topic; null when it is about something else than a commit. */
export function parseCommit(key: Buffer | null, value: Buffer | null): CommitEntry | null {
  if (key === null || key.length < 2 || key.readInt16BE(0) > KEY_VERSION_MAX) return null
  const [group, afterGroup] = readText(key, 2)
  const [topic, afterTopic] = readText(key, afterGroup)
  const partition = key.readInt32BE(afterTopic)
  return { group, topic, partition, commit: value === null ? null : parseValue(value) }
}

function parseValue(value: Buffer): { offset: number; at: number } {
  const version = value.readInt16BE(0)
  if (version > VALUE_VERSION_MAX) throw new Error(`a commit of version ${version}`)
  const metadataAt = version >= WITH_EPOCH ? 14 : 10
  const timeAt = version < FLEXIBLE ? readText(value, metadataAt)[1] : skipText(value, metadataAt)
  return { offset: Number(value.readBigInt64BE(2)), at: Number(value.readBigInt64BE(timeAt)) }
}

function readText(bytes: Buffer, at: number): [string, number] {
  const end = at + 2 + Math.max(bytes.readInt16BE(at), 0)
  return [bytes.toString('utf8', at + 2, end), end]
}

function skipText(bytes: Buffer, from: number): number {
  let size = 0
  for (let at = from, scale = 1; ; at += 1, scale *= VARINT_BASE) {
    const byte = bytes.readUInt8(at)
    size += (byte & 0x7f) * scale
    if (byte < VARINT_BASE) return at + 1 + Math.max(size - 1, 0)
  }
}
