import { bytes } from '../../lib/answers'

export const config = { api: { bodyParser: false } }

export default async (req, res) => res.status(200).json(JSON.parse((await bytes(req)).toString()))
