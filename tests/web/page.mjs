// The status page in headless Chromium, against the running worker that run.sh started: what is read, what is clicked, what the
// page asks for. A line a case. PAGE, TOKEN, CHROMIUM, DRIVER (a folder with node_modules), WORKER (its process) and
// CARAVAN_TEST_SCREENSHOTS come from there.
import { createRequire } from "node:module";
import process from "node:process";

const { chromium } = createRequire(`${process.env.DRIVER}/`)("playwright-core");
const { PAGE, TOKEN, CHROMIUM, WORKER, CARAVAN_TEST_SCREENSHOTS: shots } = process.env;
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] });
let failed = false;

const expect = (condition, what) => { if (!condition) throw new Error(what); };
const ask = async (path) => JSON.parse(await (await fetch(new URL(path, PAGE), { headers: { Authorization: `Bearer ${TOKEN}` } })).text());

// A page of its own, which must ask nobody else and complain of nothing but what `allowed` says.
const open = async (options, { token = true, allowed = /^$/ } = {}) => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "en-GB", ...options });
  if (token) await context.addInitScript((value) => sessionStorage.setItem("token", value), TOKEN);
  const page = await context.newPage();
  page.wrong = [];
  page.on("console", (message) => { if (["error", "warning"].includes(message.type()) && !allowed.test(message.text())) page.wrong.push(message.text()); });
  page.on("pageerror", (error) => page.wrong.push(String(error)));
  page.on("request", (request) => { if (!request.url().startsWith(PAGE) && !request.url().startsWith("data:")) page.wrong.push(`asks ${request.url()}`); });
  await page.goto(PAGE);
  return page;
};

const check = async (name, work) => {
  try {
    const page = await work();
    if (page) {
      expect(page.wrong.length === 0, page.wrong.join("; "));
      await page.context().close();
    }
    console.log(`ok web: ${name}`);
  } catch (error) {
    failed = true;
    console.log(`not ok web: ${name}\n  ${String(error).split("\n").slice(0, 6).join("\n  ")}`);
  }
};
const shot = (page, name, whole = false) => page.screenshot({ path: `${shots}/${name}.png`, fullPage: whole });
const text = (page, selector) => page.locator(selector).first().innerText();

await check("at a glance: who, whether it is ready, how many trains, the charts of the last minutes", async () => {
  const page = await open();
  await page.waitForSelector(".train");
  const status = await ask("/v1/status");
  expect((await text(page, "#who")).includes("web-1"), "the worker's name");
  expect(await text(page, "#ready") === "Ready", await text(page, "#ready"));
  expect(await text(page, '[data-status="held"] b') === String(status.trains.held), "how many are held");
  expect(await text(page, '[data-status="cleared"] b') === String(status.trains.cleared), "how many are cleared");
  await page.waitForFunction(() => document.querySelectorAll("svg.chart path.stroke").length === 3, null, { timeout: 15000 });
  expect(await page.locator("#partition-rows tr").count() === 4, "four partitions");
  expect(await page.locator("#rejects .reject").count() > 0, "the last rejects");
  await shot(page, "overview", true);
  return page;
});

await check("a held train says why in plain words, and opens to its record", async () => {
  const page = await open();
  await page.waitForSelector(".train");
  const row = page.locator(".train").first();
  expect((await row.locator(".why").innerText()).length > 10, "why it is held");
  const key = await row.getAttribute("data-train");
  await row.click();
  await page.waitForSelector(".stamp.held");
  await page.waitForTimeout(300);  // it slides in
  const record = await ask(`/v1/trains/${encodeURIComponent(key)}`);
  expect(await text(page, "#sheet-title") === record.train.number, "the train's number");
  expect(await page.locator("#paper .note").count() >= record.reasons.length + record.alerts.length, "every reason and alert");
  for (const alert of record.alerts) expect((await text(page, "#paper")).includes(alert.container), alert.container);
  expect((await text(page, "#paper")).includes(record.digest), "the digest");
  expect(await page.locator("#paper details.piece").count() === record.declarations.length + 1, "every declaration");
  await shot(page, "record");
  await page.locator("#paper details.piece summary").last().click();
  await page.waitForFunction((count) => document.querySelectorAll("#paper details.piece:last-of-type tbody tr").length === count, record.facts.count);
  expect(new URL(page.url()).hash === `#train=${encodeURIComponent(key)}`, page.url());
  return page;
});

await check("by keyboard: to a train, into its record, and back to where one was", async () => {
  const page = await open();
  await page.waitForSelector(".train");
  await page.locator("#query").focus();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  const key = await page.evaluate(() => document.activeElement.dataset.train);
  expect(key, "the first train has the focus");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#sheet[open] .stamp");
  await page.keyboard.press("Escape");
  await page.waitForSelector("#sheet", { state: "hidden" });
  expect(await page.evaluate(() => document.activeElement.dataset.train) === key, "the focus is where it was");
  await page.waitForFunction(() => location.hash === ""); // told of the closing, the page clears it: a task later
  return page;
});

await check("trains by status, more of them, and one by its number, port and date", async () => {
  const page = await open();
  await page.waitForSelector(".train");
  await page.locator('[data-status="cleared"]').click();
  await page.waitForSelector(".train .dot.cleared");
  const before = await page.locator(".train").count();
  await page.locator("#more").click();
  await page.waitForFunction((count) => document.querySelectorAll(".train").length > count, before);
  const [number, date, port] = (await page.locator(".train").last().getAttribute("data-train")).split("|");
  await page.locator("#query").fill(`${number} ${port} ${date}`);
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelectorAll(".train").length === 1);
  expect((await text(page, ".train")).includes(number), "the train that was asked for");
  await page.locator("#query").fill("NOSUCHTRAIN");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#list .nothing");
  return page;
});

await check("a train that is nowhere is said to be nowhere", async () => {
  const page = await open({}, { allowed: /404/ });
  await page.evaluate(() => { location.hash = "#train=NONE|2020-01-01|CNAKL"; });
  await page.waitForFunction(() => document.querySelector("#paper").innerText.includes("No such train"));
  return page;
});

await check("Chinese, dark", async () => {
  const page = await open({ locale: "zh-CN", colorScheme: "dark" });
  await page.waitForSelector(".train");
  expect(await text(page, "#ready") === "就绪" && await text(page, "#trains-title") === "扣留列车", "Chinese words");
  expect(await page.evaluate(() => document.documentElement.lang) === "zh-CN", "the language is named");
  expect(await page.evaluate(() => parseInt(getComputedStyle(document.documentElement).backgroundColor.match(/\d+/)[0], 10) < 60), "a dark ground");
  await shot(page, "dark-chinese");
  await page.locator("#language").click();
  expect(await text(page, "#ready") === "Ready", "English after a click");
  await page.locator("#theme").click();
  expect(await page.evaluate(() => document.documentElement.dataset.theme) === "light", "light after a click");
  return page;
});

await check("a phone: nothing is wider than the screen", async () => {
  const page = await open({ viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true });
  await page.waitForSelector(".train");
  const wider = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(await wider() <= 0, `the page is ${await wider()} px wider`);
  await shot(page, "phone", true);
  await page.locator(".train").first().tap();
  await page.waitForSelector(".stamp");
  expect(await page.evaluate(() => { const sheet = document.getElementById("sheet"); return sheet.scrollWidth - sheet.clientWidth; }) <= 0, "the record is wider");
  await page.waitForTimeout(300);
  await shot(page, "phone-record");
  return page;
});

await check("without a token it asks for one, and goes on with it", async () => {
  const page = await open({}, { token: false, allowed: /401/ });
  await page.waitForSelector("#ask[open]");
  expect(await page.locator(".train").count() === 0, "nothing is shown");
  await page.locator("#token").fill(TOKEN);
  await page.keyboard.press("Enter");
  await page.waitForSelector(".train");
  return page;
});

await check("a worker that is gone is said to be gone", async () => {
  const page = await open({}, { allowed: /ERR_|Failed to load|503/ });
  await page.waitForSelector(".train");
  process.kill(Number(WORKER), "SIGTERM");
  await page.waitForFunction(() => document.querySelector("#banner").innerText.includes("does not answer"), null, { timeout: 40000 });
  expect(await page.locator(".train").count() > 0, "what was known stays");
  await shot(page, "gone");
  return page;
});

await browser.close();
process.exit(failed ? 1 : 0);
