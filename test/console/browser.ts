import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { chromium, type Browser, type LaunchOptions } from 'playwright-core';

export interface LaunchedBrowser {
  browser: Browser;
  close(): Promise<void>;
}

// Chromium has no sandbox as root, and CI often is root. Shared memory is small in containers.
const args = ['--no-sandbox', '--disable-dev-shm-usage'];

/**
 * A real browser out of npm alone: binary, libraries and fonts lie packed in `@sparticuz/chromium`. It is unpacked into a folder
 * of this run (the package trusts whatever it finds half unpacked) by a process of its own, because the package decides by
 * TMPDIR and by the Lambda's variable, and neither belongs into Jest's environment.
 */
async function unpacked(folder: string): Promise<LaunchOptions> {
  const env = { ...process.env, TMPDIR: folder, AWS_LAMBDA_JS_RUNTIME: 'nodejs22.x', NODE_OPTIONS: '' };
  const unpack = "require('@sparticuz/chromium').executablePath().then((p) => process.stdout.write(p))";
  const { stdout: executablePath } = await promisify(execFile)(process.execPath, ['-e', unpack], { cwd: process.cwd(), env });
  // The packed configuration names the Lambda's own folders.
  const fonts = ['/usr/share/fonts', path.join(folder, 'fonts')].map((dir) => `<dir>${dir}</dir>`).join('');
  writeFileSync(path.join(folder, 'fonts.conf'), `<fontconfig>${fonts}<cachedir>${path.join(folder, 'fonts-cache')}</cachedir></fontconfig>`);
  const own = { LD_LIBRARY_PATH: path.join(folder, 'al2023/lib'), FONTCONFIG_FILE: path.join(folder, 'fonts.conf') };
  return { executablePath, env: { ...process.env, ...own } as Record<string, string> };
}

/** What is packed runs on Linux on x64; elsewhere TEST_BROWSER names a Chromium, or the Chrome that is installed is taken. */
async function optionsOf(folder: string): Promise<LaunchOptions> {
  if (process.env.TEST_BROWSER) return { executablePath: process.env.TEST_BROWSER };
  return process.platform === 'linux' && process.arch === 'x64' ? unpacked(folder) : { channel: 'chrome' };
}

export async function launchBrowser(): Promise<LaunchedBrowser> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'lectern-browser-'));
  const browser = await chromium.launch({ ...(await optionsOf(folder)), args, timeout: 120_000 });
  return {
    browser,
    close: async () => {
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
