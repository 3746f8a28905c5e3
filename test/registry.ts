import type { Bench } from './bench.ts'

/** Registers a schema without the project's own client; the id of the schema. */
export async function registerText(
  bench: Bench,
  subject: string,
  body: { schema: string; schemaType?: string },
): Promise<number> {
  const { id } = (await ask(bench, 'POST', `/subjects/${subject}/versions`, body)) as { id: number }
  return id
}

/** Says which compatibility a subject has. */
export async function fetchCompatibility(bench: Bench, subject: string): Promise<string> {
  const answer = await ask(bench, 'GET', `/config/${subject}`)
  return (answer as { compatibilityLevel: string }).compatibilityLevel
}

/** Gives a subject another compatibility. */
export async function setCompatibility(
  bench: Bench,
  subject: string,
  level: string,
): Promise<void> {
  await ask(bench, 'PUT', `/config/${subject}`, { compatibility: level })
}

/** The text of every version of a subject, oldest first. */
export async function fetchVersions(bench: Bench, subject: string): Promise<string[]> {
  const versions = (await ask(bench, 'GET', `/subjects/${subject}/versions`)) as number[]
  return Promise.all(
    versions.map(async (version) => {
      const answer = await ask(bench, 'GET', `/subjects/${subject}/versions/${version}`)
      return (answer as { schema: string }).schema
    }),
  )
}

async function ask(bench: Bench, method: string, path: string, body?: object): Promise<unknown> {
  const answer = await fetch(`${bench.registryUrl}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
  return JSON.parse(text)
}
