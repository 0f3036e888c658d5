export function POST() {
  const waiting = globalThis.waiting ?? new Set()
  for (const resolve of waiting) resolve()
  globalThis.waiting = new Set()
  return Response.json({ waiting: waiting.size })
}
