export default function handler(req, res) {
  res.setDraftMode({ enable: false })
  res.end('Check your cookies...')
}
