import microCors from 'micro-cors'
import { hello } from '../../../../lib/answers'

export default microCors()((req, res) => (req.method === 'OPTIONS' ? res.end() : hello(req, res)))
