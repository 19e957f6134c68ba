import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ActionEvent } from '../../src/chat/inbound.ts';
import { Presses } from '../../src/chat/presses.ts';

const EVENT: ActionEvent = {
  kind: 'action',
  id: '1',
  person: { id: 'ann', name: 'Ann', admin: false },
  place: { platform: 'stage', channel: 'main' },
  address: {},
  responder: {
    acknowledge: () => Promise.resolve({}),
    reply: () => Promise.resolve(),
    prepare: () => Promise.resolve(),
    dismiss: () => Promise.resolve(),
  },
  action: 'deeper:abcdefghijkl',
};

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});

afterEach(() => {
  vi.useRealTimers();
});

describe('a button', () => {
  it('pressed twice in a hurry is pressed once', () => {
    const presses = new Presses();
    expect(presses.isRepeated(EVENT)).toBe(false);
    presses.answered(EVENT);
    vi.advanceTimersByTime(900);
    expect(presses.isRepeated({ ...EVENT, id: '2' })).toBe(true);
    vi.advanceTimersByTime(1100);
    expect(presses.isRepeated({ ...EVENT, id: '3' })).toBe(false);
  });

  it('pressed again before it was answered is pressed once, however long that takes', () => {
    const presses = new Presses();
    presses.isRepeated(EVENT);
    vi.advanceTimersByTime(20_000);
    expect(presses.isRepeated(EVENT)).toBe(true);
    vi.advanceTimersByTime(20_000);
    presses.answered(EVENT);
    expect(presses.isRepeated(EVENT)).toBe(false);
  });

  it('is another one for another person, and with another choice', () => {
    const presses = new Presses();
    presses.isRepeated(EVENT);
    const bob = { id: 'bob', name: 'Bob', admin: false };
    expect(presses.isRepeated({ ...EVENT, person: bob })).toBe(false);
    expect(presses.isRepeated({ ...EVENT, action: 'zoom:abcdefghijkl' })).toBe(false);
    expect(presses.isRepeated({ ...EVENT, choice: 'mixed3' })).toBe(false);
  });

  it('can be pressed again at once where it came to nothing', () => {
    const presses = new Presses();
    presses.isRepeated(EVENT);
    presses.forget(EVENT);
    expect(presses.isRepeated(EVENT)).toBe(false);
  });
});
