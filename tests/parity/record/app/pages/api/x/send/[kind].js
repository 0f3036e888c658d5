import { Readable } from 'stream'
import { preset } from '../../../../lib/answers'

const values = {
  string: 'hello',
  'empty-string': '',
  html: '<p>hi</p>',
  'unicode-string': 'héllo ✓ 😀',
  'json-looking-string': '{"a":1}',
  object: { a: 1, b: [true, null], c: { d: 'x' } },
  'empty-object': {},
  'object-undefined': { a: undefined, b: () => {}, c: 1 },
  array: [1, 'two', null],
  'empty-array': [],
  'int-keys': { b: 1, 2: 'x', 1: 'y' },
  number: 42,
  zero: 0,
  'negative-zero': -0,
  float: 0.1,
  big: 1e21,
  nan: NaN,
  infinity: Infinity,
  true: true,
  false: false,
  null: null,
  undefined: undefined,
  tojson: { toJSON: () => ({ replaced: true }) },
  buffer: Buffer.from([0, 1, 2, 255]),
  'empty-buffer': Buffer.alloc(0),
  'text-buffer': Buffer.from('plain text in a buffer'),
  escapes: { s: '\u0000\u001f"\\/\u007f\u2028\u2029<>&é😀\ud800' },
  large: 'x'.repeat(5000),
  'large-json': { data: 'x'.repeat(5000) },
  bigint: 1n,
  symbol: Symbol('s'),
  function: () => {},
  date: new Date(0),
  map: new Map([['a', 1]]),
  uint8array: new Uint8Array([1, 2, 3]),
}
values.circular = {}
values.circular.self = values.circular

export default function handler(req, res) {
  const { kind } = req.query
  preset(req, res)
  if (kind === 'stream') return res.send(Readable.from([Buffer.from('chunk-1;'), Buffer.from('chunk-2')]))
  if (!Object.hasOwn(values, kind)) throw new Error('no such kind')
  res.send(values[kind])
}
