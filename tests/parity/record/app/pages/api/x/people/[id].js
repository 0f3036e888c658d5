import people from '../../../../lib/people'

export default function handler(req, res) {
  const { id } = req.query
  const person = people.find((person) => person.id === id)
  if (person) res.status(200).json(person)
  else res.status(404).json({ message: `User with id: ${id} not found.` })
}
