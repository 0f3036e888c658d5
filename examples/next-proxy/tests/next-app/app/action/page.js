import { redirect } from 'next/navigation'

async function save(form) {
  'use server'
  redirect(`/?q=${form.get('name')}`)
}

export default function Action() {
  return (
    <form action={save}>
      <input name="name" />
    </form>
  )
}
