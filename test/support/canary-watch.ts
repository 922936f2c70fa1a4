// Of every test file: fails it when a canary was seen in what the product emitted meanwhile.
import { afterAll, expect } from 'vitest';
import { takeLeaks } from './canary.js';

afterAll(() => {
  expect(takeLeaks(), 'secrets that were told').toEqual([]);
});
