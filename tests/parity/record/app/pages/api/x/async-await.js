export default async function handler(req, res) {
  await new Promise((resolve) => setTimeout(resolve, 20))
  res.json({ awaited: true })
}
