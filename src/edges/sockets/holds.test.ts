import { describe, expect, test } from 'vitest'
import { holds } from './holds.ts'

const message = (at: bigint) => ({ name: 'message:new', payload: { at: String(at) }, at })

describe('a hold', () => {
  test('makes messages of its room wait, and no others', () => {
    const all = holds()
    const hold = all.hold('room', 'socket')
    expect(all.leaveOut(['other'], message(1n))).toEqual([])
    expect(all.leaveOut(['other', 'room'], message(2n))).toEqual(['socket'])
    expect(hold.take()).toEqual([message(2n)])
    expect(hold.take()).toEqual([])
  })

  test('leaves out what had been read already, until that has passed', () => {
    const all = holds()
    const hold = all.hold('room', 'socket')
    hold.release(5n)
    expect(all.leaveOut(['room'], message(5n))).toEqual(['socket'])
    expect(all.leaveOut(['room'], message(6n))).toEqual([])
    all.passed(4n)
    expect(all.leaveOut(['room'], message(5n))).toEqual(['socket'])
    all.passed(5n)
    expect(all.leaveOut(['room'], message(5n))).toEqual([])
  })

  test('never leaves out a state', () => {
    const all = holds()
    const state = { name: 'unread', payload: 1, at: undefined }
    const hold = all.hold('room', 'socket')
    expect(all.leaveOut(['room'], state)).toEqual(['socket'])
    expect(hold.take()).toEqual([state])
    hold.release(5n)
    expect(all.leaveOut(['room'], state)).toEqual([])
  })

  test('says when too many messages wait, and begins anew', () => {
    const all = holds()
    const hold = all.hold('room', 'socket')
    for (let at = 1n; at <= 501n; at += 1n) all.leaveOut(['room'], message(at))
    expect(hold.take()).toBeUndefined()
    all.leaveOut(['room'], message(502n))
    expect(hold.take()).toEqual([message(502n)])
  })

  test('holds a message once for a socket in two rooms', () => {
    const all = holds()
    const [one, other] = [all.hold('one', 'socket'), all.hold('other', 'socket')]
    expect(all.leaveOut(['one', 'other'], message(1n))).toEqual(['socket'])
    expect([...(one.take() ?? []), ...(other.take() ?? [])]).toEqual([message(1n)])
  })

  test('ends with its socket, or for a later one of the same socket', () => {
    const all = holds()
    const first = all.hold('room', 'socket')
    const second = all.hold('room', 'socket')
    expect([first.isReplaced(), second.isReplaced()]).toEqual([true, false])
    first.end()
    expect(all.leaveOut(['room'], message(1n))).toEqual(['socket'])
    all.forget('socket')
    expect(all.leaveOut(['room'], message(2n))).toEqual([])
  })
})
