import { createRequire } from 'node:module';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { pathOf } from './debian-programs.js';

const launchFlags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Debian's Chromium: test/support/debian-programs.ts sees to it that it is there. */
export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: pathOf('chromium'), args: launchFlags });

export interface OpenPage {
  readonly page: Page;
  /** Everything that the page asked for, itself left out. */
  readonly requests: readonly string[];
  /** What the browser complained about: breaches of the policy among it. */
  readonly complaints: readonly string[];
}

/** A page of its own, looked at in one way; closed again when `look` has ended. */
export async function withPage<Result>(
  browser: Browser,
  url: string,
  options: BrowserContextOptions,
  look: (open: OpenPage) => Promise<Result>,
): Promise<Result> {
  const context = await browser.newContext(options);
  try {
    const page = await context.newPage();
    const requests: string[] = [];
    const complaints: string[] = [];
    await context.route('**/*', (route) => {
      if (route.request().url() !== url) requests.push(route.request().url());
      return route.continue();
    });
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(url);
    return await look({ page, requests, complaints });
  } finally {
    await context.close();
  }
}

/** What axe (Deque's rules after WCAG) finds wrong, each with the places. The context must let its script in: `bypassCSP`. */
export async function accessibilityBreaches(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: createRequire(import.meta.url).resolve('axe-core/axe.min.js') });
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(options: object): Promise<AxeResult> } };
    const { violations } = await axe.run({ resultTypes: ['violations'] });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
  });
}

interface AxeResult {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
}
