import Link from 'next/link'

export async function getServerSideProps({ req, query }) {
  return { props: { host: req.headers.host, q: query.q ?? null } }
}

export default function Home({ host, q }) {
  return (
    <main>
      <p id="host">{`host ${host}`}</p>
      <p id="q">{`q ${q}`}</p>
      <Link href="/picture">picture</Link>
    </main>
  )
}
