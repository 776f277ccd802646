import type { Page } from 'playwright-core';

/** Presses Tab until something with this name has the focus; that it can be seen is part of it. */
export async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let presses = 0; presses < 3_000; presses++) {
    await page.keyboard.press('Tab');
    const focused = (await page.evaluate(`(() => {
      const at = document.activeElement, box = at.getBoundingClientRect(), style = getComputedStyle(at);
      const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
      return { name: at.textContent, outlined: style.outlineStyle === 'solid' && parseFloat(style.outlineWidth) >= 2, seen: at.contains(top) };
    })()`)) as { name: string; outlined: boolean; seen: boolean };
    if (!name.test(focused.name)) continue;
    expect(focused).toMatchObject({ outlined: true, seen: true });
    return;
  }
  throw new Error(`Tab never came to ${name}`);
}
