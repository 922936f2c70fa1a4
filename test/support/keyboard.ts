// A page as somebody has it who has nothing but a keyboard: goes to things by Tab, presses them, and sees where the focus is.
// Wherever Tab comes to, the focus must be seen: within the window, and marked.
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

type Name = string | RegExp;

/** More than any page has to go through. */
const MOST_STOPS = 90;

interface Stop {
  name: string;
  isSeen: boolean;
}

export function keyboardOf(page: Page) {
  const { keyboard } = page;

  async function stop(): Promise<Stop> {
    return page.evaluate(() => {
      const focused = document.activeElement ?? document.body;
      const { labels } = focused as HTMLInputElement;
      const label = focused.getAttribute('aria-label') ?? labels?.[0]?.textContent;
      const { outlineStyle, outlineWidth } = getComputedStyle(focused);
      const { top, bottom, left, right } = focused.getBoundingClientRect();
      const isIn = bottom > 0 && top < innerHeight && right > 0 && left < innerWidth;
      return {
        name: (label ?? focused.textContent ?? '').trim(),
        isSeen: focused === document.body || (isIn && outlineStyle !== 'none' && outlineWidth !== '0px'),
      };
    });
  }

  /** Presses Tab until what has this name has the focus. */
  async function to(name: Name, key = 'Tab'): Promise<void> {
    for (let presses = 0; presses < MOST_STOPS; presses += 1) {
      await keyboard.press(key);
      const now = await stop();
      expect(now, 'the focus is seen').toMatchObject({ isSeen: true });
      if (typeof name === 'string' ? now.name === name : name.test(now.name)) return;
    }
    throw new Error(`the focus does not come to ${name}`);
  }

  return {
    to,
    type: (text: string) => keyboard.type(text),
    key: (key: string) => keyboard.press(key),
    async press(name: Name, key = 'Tab'): Promise<void> {
      await to(name, key);
      await keyboard.press('Enter');
    },
    /** The dialog that has just opened, answered: why, and its button. */
    async confirm(name: Name, why?: string): Promise<void> {
      await page.getByRole('dialog').waitFor();
      if (why) await keyboard.type(why);
      if (why) await keyboard.press('Enter');
      else {
        await to(name);
        await keyboard.press('Enter');
      }
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    },
    /** Waits until the focus is there: a tag and what stands in it. */
    focusIs: (tag: string, name: Name) =>
      expect
        .poll(() =>
          page.evaluate(() => [document.activeElement?.tagName, document.activeElement?.textContent]),
        )
        .toEqual([tag.toUpperCase(), typeof name === 'string' ? name : expect.stringMatching(name)]),
    says: (text: Name) => page.getByRole('status').getByText(text).first().waitFor(),
    async saves(name: string): Promise<string> {
      await to(name);
      const [download] = await Promise.all([page.waitForEvent('download'), keyboard.press('Enter')]);
      expect((await stop()).name, 'the focus stays').toBe(name);
      return download.suggestedFilename();
    },
  };
}
