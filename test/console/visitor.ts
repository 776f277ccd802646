import type { Browser, BrowserContext, Page } from 'playwright-core';

export interface VisitorOptions {
  width?: number;
  timezoneId?: string;
  /** For somebody who hears nothing of what others do. */
  deaf?: boolean;
}

/** Somebody at a browser of their own, and everything that went wrong in it. */
export class Visitor {
  private constructor(
    readonly url: string,
    readonly context: BrowserContext,
    readonly page: Page,
  ) {}
  /** What the browser complained about, answers that said no, and requests without an answer. */
  readonly complaints: string[] = [];
  readonly refusals: string[] = [];
  private readonly failures: string[] = [];

  static async of(browser: Browser, url: string, options: VisitorOptions = {}): Promise<Visitor> {
    const { width = 1280, timezoneId = 'Europe/Berlin', deaf = false } = options;
    const context = await browser.newContext({ viewport: { width, height: 800 }, locale: 'en-GB', timezoneId, baseURL: url });
    // The machine may be busy: what is awaited comes, only not at once.
    context.setDefaultTimeout(60_000);
    // Never answered, so that the page goes on showing what it read.
    if (deaf) await context.route('**/v1/stream', () => undefined);
    const visitor = new Visitor(url, context, await context.newPage());
    visitor.listen();
    return visitor;
  }

  private listen(): void {
    const { page } = this;
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('console', (message) => {
      // A refusal is counted below, by its status and address.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) this.complaints.push(message.text());
    });
    page.on('response', (answer) => {
      if (answer.status() >= 400) this.refusals.push(`${answer.status()} ${new URL(answer.url()).pathname}`);
    });
    page.on('requestfailed', (request) => {
      // Leaving a page ends what it was still reading.
      const why = request.failure()?.errorText ?? '';
      if (why !== 'net::ERR_ABORTED') this.failures.push(`${why} ${new URL(request.url()).pathname}`);
    });
  }

  /** By one-time link, as a person does: open it, press the button. */
  async signIn(path: string): Promise<void> {
    await this.page.goto(path);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
    await this.page.getByRole('button', { name: 'Sign out' }).waitFor();
  }

  /** The page's own heading is there, and what it loads. */
  async open(path: string, heading: string | RegExp): Promise<void> {
    await this.page.goto(path);
    await this.page.getByRole('heading', { level: 1, name: heading }).waitFor();
    const loading = this.page.getByText(/^Loading /);
    while ((await loading.count()) > 0) await loading.first().waitFor({ state: 'detached' });
  }

  /** Since the last time nothing went wrong but the refusals that the test provoked. */
  expectOnly(refusals: string[]): void {
    expect(this.complaints.splice(0)).toEqual([]);
    expect(this.failures.splice(0)).toEqual([]);
    // A page may ask again when the stream tells it to.
    expect([...new Set(this.refusals.splice(0))]).toEqual(refusals);
  }

  close(): Promise<void> {
    return this.context.close();
  }
}
