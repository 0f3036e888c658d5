export default [
  { id: '1', name: 'Luke Skywalker', gender: 'male' },
  { id: '2', name: 'C-3PO', gender: 'n/a' },
  { id: '3', name: 'R2-D2', gender: 'n/a' },
]
