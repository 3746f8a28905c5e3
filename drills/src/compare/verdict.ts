import type { Kind, Row } from './row.ts'

/** What a comparison has shown. */
export interface Verdict {
  /** 0: the safe ways kept all and an unsafe one did not. 1: a safe one did not. 2: no bite. */
  exitCode: 0 | 1 | 2
  sentences: string[]
}

/** Judges a table. A comparison in which nothing unsafe breaks shows nothing about the safe ways. */
export function judge(rows: readonly Row[], kinds: readonly Kind[]): Verdict {
  const broken = rows.filter((row) => row.isSafe && hasBroken(row))
  if (broken.length > 0) return { exitCode: 1, sentences: broken.map(describeBroken) }
  const weak = kinds.flatMap((kind) =>
    findWeakness(
      rows.filter((row) => row.kind === kind),
      kind,
    ),
  )
  if (weak.length > 0) return { exitCode: 2, sentences: weak }
  return { exitCode: 0, sentences: kinds.map((kind) => describeBite(rows, kind)) }
}

function hasBroken({ lost, secondEffects }: Row): boolean {
  return lost > 0 || (secondEffects ?? 0) > 0
}

function describeBroken({ way, fault, lost, secondEffects }: Row): string {
  return `${way} must keep every order and did not: ${lost} lost, ${secondEffects ?? 0} second effects (${fault})`
}

function findWeakness(rows: Row[], kind: Kind): string[] {
  if (!rows.some((row) => row.isSafe)) return [`${kind}: no safe way was compared`]
  const empty = rows.filter(({ acknowledged }) => acknowledged === 0)
  if (empty.length > 0) return empty.map(({ way }) => `${way}: no order was acknowledged`)
  if (rows.some((row) => !row.isSafe && hasBroken(row))) return []
  return [`${kind}: no unsafe way lost or doubled an order, so the fault did not bite`]
}

function describeBite(rows: readonly Row[], kind: Kind): string {
  const ways = rows.filter((row) => row.kind === kind && !row.isSafe && hasBroken(row))
  const names = [...new Set(ways.map(({ way }) => way))].join(', ')
  return `${kind}: the safe ways kept every order once; lost or doubled by ${names}`
}
