import { preset } from '../../../../lib/answers'

const values = {
  object: { ok: true },
  'empty-object': {},
  array: [1, 2],
  'empty-array': [],
  string: 'str',
  'empty-string': '',
  number: 3.5,
  zero: 0,
  true: true,
  false: false,
  null: null,
  undefined: undefined,
  nan: NaN,
  date: new Date(0),
  buffer: Buffer.from('ab'),
  bigint: 1n,
  unicode: { s: 'héllo ✓ 😀 \u2028' },
  'lone-surrogate': 'a\ud800b',
  function: () => {},
}
values.circular = {}
values.circular.self = values.circular

export default function handler(req, res) {
  const { kind } = req.query
  preset(req, res)
  if (kind === 'two-args') return res.json(201, { a: 1 })
  if (!Object.hasOwn(values, kind)) throw new Error('no such kind')
  res.json(values[kind])
}
