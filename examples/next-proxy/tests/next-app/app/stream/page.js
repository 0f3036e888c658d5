import { Suspense } from 'react'

export const dynamic = 'force-dynamic'

// Until POST /stream/go
function signal() {
  return new Promise((resolve) => {
    globalThis.waiting ??= new Set()
    globalThis.waiting.add(resolve)
  })
}

async function Late() {
  await signal()
  return <p>late part</p>
}

export default function Stream() {
  return (
    <main>
      <p>early part</p>
      <Suspense fallback={<p>to come</p>}>
        <Late />
      </Suspense>
    </main>
  )
}
