export default function Page() {
  return <p>user</p>
}
