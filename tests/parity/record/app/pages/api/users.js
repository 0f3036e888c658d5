import { parse } from 'url'

const users = [{ name: 'Tim' }, { name: 'Jon' }]

export default function handler(req, res) {
  const { name } = parse(req.url, true).query
  res.writeHead(200, { 'Content-Type': 'application/json' })
  res.end(JSON.stringify(name ? users.filter((user) => user.name === name) : users))
}
