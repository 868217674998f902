import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it, vi } from 'vitest';
import { html } from '../../../src/domain/month-page/html.js';
import { launchBrowser, withPage } from '../../support/browser.js';
import { hostileTexts } from '../../support/hostile-texts.js';
import { temporaryFolder } from '../../support/pipeline-run.js';

vi.setConfig({ testTimeout: 120_000 });

interface Found {
  readonly texts: readonly string[];
  readonly titles: readonly string[];
  readonly elements: number;
  readonly attributes: number;
}

/** The page's only way to put a text into mark-up, without the policy that would stop a script besides. */
it('a hundred hostile names are text in a browser, in cells and attributes: no element, no script, no request', async () => {
  const rows = hostileTexts.map((text) => html`<tr><td title="${text}">${text}</td></tr>`);
  const page = html`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>x</title></head><body><table><tbody>${rows}</tbody></table></body></html>`;
  const path = join(await temporaryFolder(), 'names.html');
  await writeFile(path, page.text);
  const browser = await launchBrowser();
  try {
    await withPage(browser, pathToFileURL(path).href, {}, async ({ page: open, requests, complaints }) => {
      const found: Found = await open.evaluate(`(() => {
        const cells = [...document.querySelectorAll('td')];
        return {
          texts: cells.map((cell) => cell.textContent),
          titles: cells.map((cell) => cell.getAttribute('title')),
          elements: document.querySelectorAll('*').length,
          attributes: cells.reduce((sum, cell) => sum + cell.attributes.length, 0),
        };
      })()`);
      // HTML has no way to write NUL.
      const shown = hostileTexts.map((text) => text.replaceAll('\0', '\uFFFD'));
      expect(found.texts).toEqual(shown);
      expect(found.titles).toEqual(shown);
      expect(found.attributes).toBe(hostileTexts.length);
      expect(found.elements).toBe('html head meta title body table tbody'.split(' ').length + 2 * hostileTexts.length);
      expect({ requests, complaints }).toEqual({ requests: [], complaints: [] });
    });
  } finally {
    await browser.close();
  }
});
