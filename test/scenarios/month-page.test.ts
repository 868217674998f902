import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityBreaches, launchBrowser, withPage } from '../support/browser.js';
import { configFor, outputFolderOf, republish, runPipeline, suiteFolder } from '../support/pipeline-run.js';
import { readRows } from '../support/published.js';
import { type SimulatorHandle, startSimulatorHere } from '../support/simulator.js';
import { amountText, unitsOf } from '../support/units.js';

const world = { seed: 4711, accounts: 12, records: 1500, from: '2026-09-01', to: '2026-11-01' };

/** Names that want to be mark-up, a formula, another direction, or too much. */
const hostileNames = [
  `</bdi><script>document.title = 'run'</script>`,
  `"><img src="http://127.0.0.1:9/x" onerror="document.title = 'run'">`,
  `' onfocus='document.title = 1' autofocus='`,
  `=cmd|' /C calc'!A0`,
  '\u202Egpj.exe \u2066live\u202C',
  'شركة الاتصالات',
  '👩‍👩‍👧 Callers 📞',
  `${'very long '.repeat(25)}name`,
  '&lt;b&gt; &amp; &#13;',
  '  two  blanks\ta tab and\na line\r end ',
  '</style><style>*{display:none}</style>',
];

const folder = suiteFolder();
const month = join(outputFolderOf(folder), '2026-10');
const file = join(month, 'report.html');
const url = pathToFileURL(file).href;
let simulator: SimulatorHandle;
let browser: Browser;
let config: ReturnType<typeof configFor>;

beforeAll(async () => {
  simulator = await startSimulatorHere(world);
  const { accounts } = await simulator.truth();
  const customerMap = accounts.flatMap(({ account_sid: accountSid }, index) => {
    const customerName = hostileNames[index];
    if (customerName === undefined) return [];
    return [{ accountSid, customerId: `c${index}`, customerName, validFrom: undefined, validTo: undefined }];
  });
  config = configFor(simulator, folder, world, { customersFile: 'customers.csv', customerMap });
  await runPipeline(config);
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await simulator.stop();
});

const wide = { width: 1280, height: 900 };
const phone = { width: 360, height: 740 };
const looks: readonly (readonly [string, BrowserContextOptions])[] = [
  ['in light', { viewport: wide, colorScheme: 'light' }],
  ['in the dark', { viewport: wide, colorScheme: 'dark' }],
  ['on a phone', { viewport: phone, colorScheme: 'light' }],
  ['on a phone in the dark', { viewport: phone, colorScheme: 'dark' }],
];

const unfold = `document.querySelectorAll('details').forEach((each) => { each.open = true; })`;

describe('report.html', () => {
  it('is one file of the set, named in run.json with its hash, and the same bytes whenever it is made', async () => {
    const bytes = await readFile(file);
    const { files } = JSON.parse(await readFile(join(month, 'run.json'), 'utf8'));
    expect(files).toContainEqual({
      file: 'report.html',
      bytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    });
    const again = await republish(config);
    expect(again.map(({ changed }) => changed)).toEqual([false, false]);
    expect((await readFile(file)).equals(bytes)).toBe(true);
  });

  describe.each(looks)('%s', (_, options) => {
    it('asks for nothing, complains of nothing, and does not scroll sideways', async () => {
      await withPage(browser, url, options, async ({ page, requests, complaints }) => {
        for (const step of ['', unfold]) {
          await page.evaluate(step);
          const [content, window] = (await page.evaluate(
            '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
          )) as number[];
          expect(content).toBe(window);
        }
        expect(requests).toEqual([]);
        expect(complaints).toEqual([]);
        // The style was let in, so its hash is right.
        expect(await page.evaluate(`getComputedStyle(document.querySelector('nav ul')).display`)).toBe('flex');
      });
    });

    it('breaks no rule of axe, everything unfolded', async () => {
      await withPage(browser, url, { ...options, bypassCSP: true }, async ({ page }) => {
        await page.evaluate(unfold);
        expect(await accessibilityBreaches(page)).toEqual([]);
      });
    });
  });

  it('is looked at by an axe that sees what is wrong', async () => {
    await withPage(browser, url, { bypassCSP: true }, async ({ page }) => {
      await page.evaluate(`(() => {
        document.querySelector('#totals p.note').setAttribute('style', 'color: #ccc');
        document.querySelector('#totals svg[role=img] title').remove();
        document.querySelector('#totals svg[role=img]').removeAttribute('aria-labelledby');
      })()`);
      const rules = new Set((await accessibilityBreaches(page)).map((breach) => breach.split(':')[0]));
      expect(rules).toEqual(new Set(['color-contrast', 'svg-img-alt']));
    });
  });

  it('lets nothing run that gets in, neither a script nor a handler nor a style', async () => {
    const intrude = `(() => {
      const script = document.createElement('script');
      script.textContent = 'window.ran = ["script"]';
      document.body.append(script);
      const other = document.createElement('div');
      other.innerHTML = '<button onclick="window.ran = [...(window.ran ?? []), &quot;handler&quot;]" style="color: rgb(1, 2, 3)">x</button>';
      document.body.append(other);
      other.firstChild.click();
      return [window.ran ?? [], getComputedStyle(other.firstChild).color === 'rgb(1, 2, 3)'];
    })()`;
    const tryIt = (options: BrowserContextOptions) =>
      withPage(browser, url, options, ({ page }) => page.evaluate(intrude));
    // Without the policy all of it would run: so it is the policy that stops it.
    expect(await tryIt({ bypassCSP: true })).toEqual([['script', 'handler'], true]);
    expect(await tryIt({})).toEqual([[], false]);
  });

  it('shows every name as the text that it is', async () => {
    await withPage(browser, url, {}, async ({ page }) => {
      const shown = await page.locator('#customers bdi.name').allTextContents();
      const customers = await readRows(join(month, 'customer_cost.csv'));
      const named = new Set(customers.filter(({ currency }) => currency !== '').map((row) => row.customer_name ?? ''));
      expect(hostileNames.filter((name) => named.has(name)).length).toBeGreaterThan(8);
      for (const name of named) expect(shown, JSON.stringify(name)).toContain(name);
      expect(
        await page.locator('script, img, iframe, link, form, [style], [autofocus], [onerror], [onfocus]').count(),
      ).toBe(0);
      expect(await page.locator('style').count()).toBe(1);
      expect(await page.title()).toBe('Twilio cost, October 2026');
    });
  });

  it('has the totals of customer_cost.csv, digit for digit', async () => {
    const customers = await readRows(join(month, 'customer_cost.csv'));
    await withPage(browser, url, {}, async ({ page }) => {
      const rows = page.locator('table:has(#totals-table) tbody tr');
      const shown = new Map<string, string>();
      for (const row of await rows.all())
        shown.set((await row.locator('th').textContent()) ?? '', (await row.locator('td').last().textContent()) ?? '');
      const currencies = new Set(customers.map(({ currency }) => currency ?? '').filter((currency) => currency !== ''));
      expect(currencies.size).toBeGreaterThan(1);
      for (const currency of currencies) {
        const totals = customers.filter((row) => row.currency === currency).map((row) => row.total_cost ?? '');
        const sum = amountText(totals.reduce((before, total) => before + unitsOf(total), 0n));
        expect(shown.get(currency), currency).toBe(totals.includes('') ? 'not known' : sum);
      }
      expect(shown.size).toBe(currencies.size);
    });
  });

  it.each([
    ['wide', wide],
    ['narrow', phone],
  ])('draws bars as long as their amounts on a %s screen, all of them to be seen', async (_, viewport) => {
    await withPage(browser, url, { viewport }, async ({ page }) => {
      const charts = (await page.evaluate(`[...document.querySelectorAll('#customers svg.chart')].map((chart) => ({
        whole: chart.getBoundingClientRect().width,
        bars: [...chart.querySelectorAll('rect.bar')].map((bar) => bar.getBoundingClientRect().width),
        texts: [...chart.querySelectorAll('text.value')].map((text) => text.textContent),
        ticks: [...chart.querySelectorAll('text.tick')].map((text) => text.textContent),
      }))`)) as { whole: number; bars: number[]; texts: string[]; ticks: string[] }[];
      const numberOf = (text = ''): number => Number.parseFloat(text.replaceAll('\u202F', '').replace('−', '-'));
      expect(charts.length).toBeGreaterThan(1);
      for (const { whole, bars, texts, ticks } of charts) {
        const span = numberOf(ticks.at(-1)) - numberOf(ticks[0]);
        expect(bars).toHaveLength(texts.length);
        for (const [index, width] of bars.entries())
          expect(Math.abs(width - (Math.abs(numberOf(texts[index])) * whole) / span)).toBeLessThan(1);
      }
    });
  });

  it('is whole on paper, and light whatever the screen is', async () => {
    await withPage(browser, url, { colorScheme: 'dark' }, async ({ page }) => {
      const folded = page.locator('details table').first();
      expect(await folded.isVisible()).toBe(false);
      await page.emulateMedia({ media: 'print' });
      expect(await folded.isVisible()).toBe(true);
      expect(await page.locator('nav').isVisible()).toBe(false);
      expect(await page.evaluate(`getComputedStyle(document.body).backgroundColor`)).toBe('rgb(255, 255, 255)');
      const paper = await page.pdf({ format: 'A4' });
      expect(paper.subarray(0, 5).toString()).toBe('%PDF-');
    });
  });

  it('links only to files that are beside it', async () => {
    await withPage(browser, url, {}, async ({ page }) => {
      const links = (await page.evaluate(
        `[...document.querySelectorAll('a')].map((link) => link.getAttribute('href'))`,
      )) as string[];
      const { files } = JSON.parse(await readFile(join(month, 'run.json'), 'utf8')) as { files: { file: string }[] };
      const known = new Set(files.map((each) => each.file));
      expect(links.filter((link) => link.startsWith('customers/')).length).toBeGreaterThan(0);
      for (const link of links) {
        if (link.startsWith('#')) expect(await page.locator(link).count(), link).toBe(1);
        else expect(known, link).toContain(link);
      }
    });
  });
});
