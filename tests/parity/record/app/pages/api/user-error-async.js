export default async function handler() {
  throw new Error('User error')
}
