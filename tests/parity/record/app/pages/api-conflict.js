export default function Page() {
  return <p>api-conflict</p>
}
