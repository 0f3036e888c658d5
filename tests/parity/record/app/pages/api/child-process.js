import { execSync } from 'child_process'

export default (req, res) => res.end(execSync('echo hi').toString().trim())
