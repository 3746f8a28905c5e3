/** A schema as far as bytes and names go: what an annotation says of meaning is left out. */
export type AvroSchema =
  | { kind: Primitive }
  | { kind: 'array' | 'map'; items: AvroSchema }
  | { kind: 'union'; branches: AvroSchema[] }
  | { kind: 'fixed'; name: string; size: number }
  | { kind: 'enum'; name: string; symbols: string[]; fallback: string | null }
  | RecordSchema

/** A record; its fields are filled in after it is known by name, as it may hold itself. */
export interface RecordSchema {
  kind: 'record'
  name: string
  fields: AvroField[]
}

/** A field of a record. */
export interface AvroField {
  name: string
  schema: AvroSchema
  /** For readers of what was written without it. */
  fallback: { value: unknown } | null
}

type Primitive = 'null' | 'boolean' | 'int' | 'long' | 'float' | 'double' | 'bytes' | 'string'
type Json = Record<string, unknown>

interface Scope {
  namespace: string
  named: Map<string, AvroSchema>
}

const PRIMITIVES: ReadonlySet<string> = new Set<Primitive>([
  'null',
  'boolean',
  'int',
  'long',
  'float',
  'double',
  'bytes',
  'string',
])
const NAME = /^[A-Za-z_]\w*$/

/** Reads a schema out of JSON; throws an `Error` that says what is wrong with it. */
export function readAvroSchema(json: unknown): AvroSchema {
  return read(json, { namespace: '', named: new Map() })
}

function read(json: unknown, scope: Scope): AvroSchema {
  if (typeof json === 'string') return readName(json, scope)
  if (Array.isArray(json)) {
    return { kind: 'union', branches: json.map((branch) => read(branch, scope)) }
  }
  if (typeof json !== 'object' || json === null) throw new Error('a schema that is no schema')
  const attributes = json as Json
  const { type } = attributes
  switch (type) {
    case 'array':
      return { kind: 'array', items: read(attributes['items'], scope) }
    case 'map':
      return { kind: 'map', items: read(attributes['values'], scope) }
    case 'record':
    case 'error':
      return readRecord(attributes, scope)
    case 'enum':
      return readEnum(attributes, scope)
    case 'fixed':
      return readFixed(attributes, scope)
    default:
      return read(type, scope)
  }
}

function readName(name: string, scope: Scope): AvroSchema {
  if (PRIMITIVES.has(name)) return { kind: name as Primitive }
  const known = scope.named.get(fullName(name, scope.namespace)) ?? scope.named.get(name)
  if (known) return known
  throw new Error(`no type of the name ${name}`)
}

function readRecord(json: Json, scope: Scope): RecordSchema {
  const name = nameOf(json, scope)
  const record: RecordSchema = { kind: 'record', name, fields: [] }
  define(name, record, scope)
  const inner = { ...scope, namespace: name.slice(0, Math.max(name.lastIndexOf('.'), 0)) }
  record.fields = listOf(json, 'fields').map((field) => readField(Object(field) as Json, inner))
  const names = new Set(record.fields.map((field) => field.name))
  if (names.size < record.fields.length) throw new Error(`${name} has a field twice`)
  return record
}

function readField(json: Json, scope: Scope): AvroField {
  const { name } = json
  if (typeof name !== 'string' || !NAME.test(name)) throw new Error('a field without a name')
  const fallback = Object.hasOwn(json, 'default') ? { value: json['default'] } : null
  return { name, schema: read(json['type'], scope), fallback }
}

function readEnum(json: Json, scope: Scope): AvroSchema {
  const name = nameOf(json, scope)
  const symbols = listOf(json, 'symbols').map(String)
  const fallback = typeof json['default'] === 'string' ? json['default'] : null
  return define(name, { kind: 'enum', name, symbols, fallback }, scope)
}

function readFixed(json: Json, scope: Scope): AvroSchema {
  const name = nameOf(json, scope)
  const { size } = json
  if (!Number.isSafeInteger(size) || Number(size) < 0) throw new Error(`${name} has no size`)
  return define(name, { kind: 'fixed', name, size: Number(size) }, scope)
}

function define(name: string, schema: AvroSchema, scope: Scope): AvroSchema {
  if (scope.named.has(name)) throw new Error(`${name} is defined twice`)
  scope.named.set(name, schema)
  return schema
}

function listOf(json: Json, attribute: string): unknown[] {
  const list = json[attribute]
  if (Array.isArray(list)) return list
  throw new Error(`a ${String(json['type'])} without ${attribute}`)
}

function nameOf({ name, namespace }: Json, scope: Scope): string {
  if (typeof name !== 'string' || !name.split('.').every((part) => NAME.test(part))) {
    throw new Error('a named type without a usable name')
  }
  return fullName(name, typeof namespace === 'string' ? namespace : scope.namespace)
}

function fullName(name: string, namespace: string): string {
  return name.includes('.') || namespace === '' ? name : `${namespace}.${name}`
}
