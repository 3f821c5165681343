// One operator at one console: a page in its own browser context, with everything noted that must not happen.
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import type { TestSite } from './test-site.ts';

export interface DeskOptions {
  readonly colorScheme?: 'light' | 'dark';
  readonly locale?: string;
  readonly width?: number;
  readonly height?: number;
}

/** For a loaded machine with software rendering; nothing waits this long when it works. */
const WAIT_MS_MAX = 20_000;

export class TestDesk {
  readonly page: Page;
  readonly #context: BrowserContext;
  /** Every origin that the page asked anything of. */
  readonly origins = new Set<string>();
  /** Refusals by the Content-Security-Policy, and exceptions. */
  readonly faults: string[] = [];

  private constructor(context: BrowserContext, page: Page) {
    this.#context = context;
    this.page = page;
  }

  static async open(browser: Browser, site: TestSite, options: DeskOptions = {}): Promise<TestDesk> {
    const { colorScheme = 'light', locale = 'fr-CH', width = 1440, height = 900 } = options;
    const context = await browser.newContext({
      colorScheme,
      locale,
      viewport: { width, height },
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    page.setDefaultTimeout(WAIT_MS_MAX);
    const desk = new TestDesk(context, page);
    // The context sees what workers ask for too.
    context.on('request', (request) => desk.origins.add(new URL(request.url()).origin));
    page.on('pageerror', (error) => desk.faults.push(error.message));
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) desk.faults.push(message.text());
    });
    await page.goto(site.url);
    return desk;
  }

  async signIn(token: string): Promise<void> {
    await this.page.locator('[data-test=token]').fill(token);
    await this.page.keyboard.press('Enter');
  }

  incident(id: string): Locator {
    return this.page.locator(`[data-incident="${id}"]`);
  }

  /** Ids in the queue, top to bottom, of one section or of all. */
  async queue(section?: string): Promise<readonly (string | null)[]> {
    const rows = this.page.locator(`${section === undefined ? '' : `[data-section=${section}] `}[data-incident]`);
    return Promise.all((await rows.all()).map((row) => row.getAttribute('data-incident')));
  }

  get banner(): Locator {
    return this.page.locator('.banner');
  }

  outcome(kind: string): Locator {
    return this.page.locator(`[data-outcome=${kind}]`);
  }

  async mapDrawn(): Promise<void> {
    await this.page.locator('[data-drawn=yes]').waitFor();
  }

  /** Throws when the page asked anybody but these origins for anything, or broke its policy. */
  judge(allowed: readonly string[]): void {
    const strangers = [...this.origins].filter((origin) => !allowed.includes(origin));
    if (strangers.length > 0) throw new Error(`the page sent requests to ${strangers.join(', ')}`);
    if (this.origins.size === 0) throw new Error('no request was seen: this check is blind');
    if (this.faults.length > 0) throw new Error(`faults on the page:\n${this.faults.join('\n')}`);
  }

  close(): Promise<void> {
    return this.#context.close();
  }
}
