import people from '../../../../lib/people'

export default (req, res) => res.status(200).json(people)
