// Answers from a timer, after the handler returned.
export default function handler(req, res) {
  setTimeout(() => res.json({ late: true }), 30)
}
