import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import puppeteer, { type Browser, type Page } from "puppeteer-core";
import { isThere, type Report } from "../../local/cache";
import { debianDirectory, debianPackages } from "../../local/offline/debian";
import { cacheDir, repoDir } from "../../local/paths";

/** Chromium without a display, and its libraries that a machine may lack. */
const PACKAGES = (
  "chromium-headless-shell chromium-common fonts-dejavu-core fontconfig-config " +
  "libasound2 libasyncns0 libatk1.0-0 libatspi2.0-0 libdav1d6 libdbus-1-3 libdouble-conversion3 libdrm2 libflac12 " +
  "libfontconfig1 libfreetype6 libgbm1 libglib2.0-0 libharfbuzz-subset0 libharfbuzz0b libjpeg62-turbo liblcms2-2 " +
  "libminizip1 libmp3lame0 libmpg123-0 libnspr4 libnss3 libogg0 libopenh264-7 libopenjp2-7 libopus0 libpulse0 " +
  "libsndfile1 libudev1 libvorbis0a libvorbisenc2 libx11-6 libxau6 libxcb1 libxcomposite1 libxdamage1 libxdmcp6 libxext6 " +
  "libxfixes3 libxi6 libxkbcommon0 libxnvctrl0 libxrandr2 libxrender1"
).split(" ");

/** Unpacks it into the cache, once: 110 MB to download, 320 MB on the disk. */
export const fetchBrowser = (report: Report): Promise<string> => debianPackages("chromium", PACKAGES, report);

const directory = join(cacheDir, debianDirectory("chromium", PACKAGES));
export const hasBrowser = (): boolean => isThere(directory);

/** Where pictures of what the browser saw are kept for people; git ignores it. */
const PICTURES = join(repoDir, ".ci/out/screenshots");

/** What a page did besides showing itself. */
export interface Seen {
  page: Page;
  /** Messages of the console that are no mere notes, errors of scripts, and requests that failed or were refused. */
  wrong: string[];
  /** Addresses of everything that was asked for. */
  asked: string[];
}

export function startBrowser(): Promise<Browser> {
  const libraries = join(directory, "usr/lib/x86_64-linux-gnu");
  return puppeteer.launch({
    executablePath: join(directory, "usr/lib/chromium/chromium-headless-shell"),
    headless: "shell",
    // Its sandbox needs rights that root in a container lacks; it sees pages of ours only.
    args: ["--no-sandbox", "--disable-dev-shm-usage"],
    env: { ...process.env, LD_LIBRARY_PATH: `${libraries}:${join(libraries, "pulseaudio")}` },
  });
}

/** Opens an address as a person does, and waits until nothing is loaded any more. */
export async function opened(browser: Browser, url: string): Promise<Seen> {
  const page = await browser.newPage();
  const [wrong, asked]: string[][] = [[], []];
  page.on("console", (message) => {
    if (["error", "warn"].includes(message.type())) wrong.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => wrong.push(`script: ${String(error)}`));
  page.on("request", (request) => asked.push(request.url()));
  page.on("requestfailed", (request) => wrong.push(`${request.url()}: ${request.failure()?.errorText}`));
  page.on("response", (response) => {
    if (response.status() >= 400) wrong.push(`${response.url()}: ${response.status()}`);
  });
  await page.goto(url, { waitUntil: "networkidle0", timeout: 60_000 });
  return { page, wrong, asked };
}

/** Keeps what is to be seen, in whole. */
export async function picture({ page }: Seen, name: string): Promise<void> {
  if (!existsSync(PICTURES)) mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: `${PICTURES}/${name}.png`, fullPage: true });
}
