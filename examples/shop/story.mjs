// Four visitors of the example shop, told to its server by Segment's SDK for Node as any shop would,
// and what came of it. Called by examples/run_shop.
//
//   node story.mjs --url http://127.0.0.1:8080 --speed 240 --inbox FOLDER
//
// FOLDER is where smtp-sink puts the mails. Exit code: 0 everybody got what they should, 1 somebody
// did not, 2 the story could not be told.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const here = path.dirname(fileURLToPath(import.meta.url));
// The unmodified package, as `./dev setup` installs it.
const e2e = createRequire(path.join(here, '../../tests/e2e/package.json'));
const { Analytics } = e2e('@segment/analytics-node');

const { values: options } = parseArgs({
  options: { url: { type: 'string' }, speed: { type: 'string' }, inbox: { type: 'string' } },
});
const speed = Number(options.speed);
const started = Date.now();

// ------------------------------------------------------------------------------------------- clock

const minutesOf = (realMilliseconds) => (realMilliseconds * speed) / 60_000;
const storyMinutes = () => minutesOf(Date.now() - started);
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
const afterMinutes = (minutes) => pause((minutes * 60_000) / speed);

// The story wants daylight, because the shop writes to nobody at night: its people live where it is
// about ten in the morning as it begins.
function whereItIsMorning() {
  const zones = [
    'Pacific/Auckland', 'Australia/Sydney', 'Asia/Tokyo', 'Asia/Shanghai', 'Asia/Bangkok',
    'Asia/Dhaka', 'Asia/Karachi', 'Asia/Dubai', 'Africa/Nairobi', 'Africa/Johannesburg',
    'Africa/Lagos', 'Africa/Accra', 'Atlantic/Cape_Verde', 'America/Noronha', 'America/Sao_Paulo',
    'America/La_Paz', 'America/Lima', 'America/Guatemala', 'America/Phoenix', 'Pacific/Pitcairn',
    'Pacific/Gambier', 'Pacific/Honolulu', 'Pacific/Pago_Pago', 'Pacific/Noumea',
  ];
  const minuteOfDay = (zone) => {
    const clock = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
    }).format(started);
    return { clock, minute: Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3)) };
  };
  const distance = (zone) => Math.abs(minuteOfDay(zone).minute - 600);
  const zone = zones.reduce((best, other) => (distance(other) < distance(best) ? other : best));
  return { zone, clock: minuteOfDay(zone).clock };
}

// ---------------------------------------------------------------------------------------- the shop

let refused = 0;
const analytics = new Analytics({
  writeKey: fs.readFileSync(path.join(here, 'trig.toml'), 'utf8').match(/^web = "([^"]+)"/m)[1],
  host: options.url,
  flushAt: 1,
});
analytics.on('error', (error) => {
  refused += 1;
  console.error(`  the server refused: ${error.reason ?? error.code}`);
});
const sent = (kind, message) => new Promise((done) => analytics[kind](message, done));
const track = (who, event, properties = {}) => sent('track', { ...who, event, properties });

const pan = { product_id: 'pan-26', sku: 'pan-26', name: 'Carbon steel pan, 26 cm', price: 64 };
const towel = { product_id: 'towel-3', sku: 'towel-3', name: 'Linen tea towel', price: 12.5 };
const items = [{ ...pan, quantity: 1 }, { ...towel, quantity: 2 }];
const amount = { total: 89, currency: 'EUR' };

function tell(what) {
  console.log(`  ${`+${Math.round(storyMinutes())} min`.padStart(8)}  ${what}`);
}

const person = (name, zone) => ({
  name,
  id: name.toLowerCase(),
  email: `${name.toLowerCase()}@example.com`,
  known: { userId: name.toLowerCase() },
  browser: { anonymousId: `browser-of-${name.toLowerCase()}` },
  traits: { email: `${name.toLowerCase()}@example.com`, first_name: name, timezone: zone },
});

// ------------------------------------------------------------------------------------------- mails

// Encoded words of RFC 2047, as far as a subject has them.
function decodeHeader(text) {
  return text.replace(/\?=\s+=\?/g, '?==?').replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, kind, word) =>
    (kind.toLowerCase() === 'b'
      ? Buffer.from(word, 'base64')
      : Buffer.from(word.replaceAll('_', ' ').replace(/=([0-9A-F]{2})/gi, (__, hex) =>
        String.fromCharCode(parseInt(hex, 16))), 'latin1')).toString('utf8'));
}

function readMail(file) {
  const text = fs.readFileSync(file, 'utf8').replaceAll('\r\n', '\n');
  // smtp-sink writes what it knows of the envelope in front of the mail, as X-… headers.
  const head = text.slice(0, text.indexOf('\n\n')).replace(/\n[ \t]+/g, ' ');
  const header = (name) => head.match(new RegExp(`^${name}: (.*)$`, 'im'))?.[1] ?? '';
  return {
    file,
    to: header('X-Rcpt-Args').match(/<([^>]*)>/)?.[1] ?? header('To'),
    subject: decodeHeader(header('Subject')),
    unsubscribe: header('List-Unsubscribe').match(/<([^>]+)>/)?.[1],
    oneClick: header('List-Unsubscribe-Post'),
    at: fs.statSync(file).mtimeMs,
  };
}

const inbox = () =>
  fs.readdirSync(options.inbox)
    .map((name) => path.join(options.inbox, name))
    .filter((file) => fs.readFileSync(file, 'utf8').includes('\n'))
    .map(readMail)
    .sort((a, b) => a.at - b.at);
const mailsTo = (who) => inbox().filter((mail) => mail.to === who.email);
const reminders = (who) => mailsTo(who).filter((mail) => /left something in your cart/.test(mail.subject));

async function until(what, condition, realSeconds) {
  for (const deadline = Date.now() + realSeconds * 1000; Date.now() < deadline; await pause(100))
    if (condition()) return true;
  console.error(`  waited ${realSeconds} s in vain: ${what}`);
  return false;
}

// ------------------------------------------------------------------------------------------- story

async function joins(who) {
  await sent('identify', { ...who.known, traits: who.traits });
  await track(who.known, 'Confirmation Requested', {
    confirm_url: `https://shop.example.com/confirm/${who.id}`,
  });
  await track(who.known, 'Opt In Confirmed', { proof: 'the form of the demonstration' });
}

async function fillsCart(who) {
  await track(who.browser, 'Product Viewed', { ...pan, category: 'pans' });
  await track(who.browser, 'Cart Updated', { cart_id: `cart-of-${who.id}`, ...amount, items });
}

// The one click of RFC 8058, as a mail program makes it.
async function unsubscribes(who) {
  const mail = mailsTo(who).find((candidate) => candidate.unsubscribe);
  const answer = await fetch(mail.unsubscribe, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: mail.oneClick,
  });
  return answer.status;
}

async function play() {
  const { zone, clock } = whereItIsMorning();
  const [ana, ben, cleo] = ['Ana', 'Ben', 'Cleo'].map((name) => person(name, zone));
  const stranger = person('Dan', zone);

  console.log(`What happens (in ${zone}, where it is ${clock}):`);
  await Promise.all([ana, ben, cleo].map(joins));
  tell('Ana, Ben and Cleo ask for news and confirm their addresses');
  const welcomed = () => [ana, ben, cleo].every((who) => mailsTo(who).length === 2);
  if (!(await until('the welcome mails', welcomed, 20))) return 2;

  await Promise.all([ana, ben, cleo, stranger].map(fillsCart));
  const filled = storyMinutes();
  tell('four browsers, nobody signed in, look at a pan and fill a cart with 89 EUR');
  await afterMinutes(3);
  await Promise.all([ana, ben, cleo].map((who) =>
    sent('identify', { ...who.known, ...who.browser, traits: who.traits })));
  tell('Ana, Ben and Cleo sign in; the fourth stays a stranger');
  await afterMinutes(3);
  await track(ben.known, 'Order Completed', { order_id: 'MF-1', cart_id: 'cart-of-ben', ...amount, items });
  tell('Ben buys');
  const status = await unsubscribes(cleo);
  tell(`Cleo unsubscribes with the one click of her welcome mail (the server says ${status})`);
  tell('Ana leaves');
  if (storyMinutes() - filled > 25) {
    console.error('  this took longer than a cart may wait: try again with a lower --speed');
    return 2;
  }

  await until('the reminder to Ana', () => reminders(ana).length > 0, (60 * 60) / speed + 10);
  tell('half an hour after the carts, the reminders were due');
  await afterMinutes(20);
  return report({ ana, ben, cleo, stranger, status });
}

// ------------------------------------------------------------------------------------------ report

function report({ ana, ben, cleo, stranger, status }) {
  const mails = inbox();
  console.log('\nMails received:');
  for (const mail of mails)
    console.log(`  ${`+${Math.round(minutesOf(mail.at - started))} min`.padStart(8)}  ` +
      `${mail.to.padEnd(17)} ${mail.subject.padEnd(42)} ${path.relative('.', mail.file)}`);

  const confirmations = mailsTo(ben).filter((mail) => mail.subject === 'Your order MF-1');
  const checks = [
    ['Ana gets exactly one reminder', reminders(ana).length === 1],
    ['Ben, who bought, gets none', reminders(ben).length === 0],
    ['and exactly one order confirmation', confirmations.length === 1],
    ['Cleo, who left, gets none', reminders(cleo).length === 0],
    ['her one click was taken with a 2xx', status >= 200 && status < 300],
    ['nobody writes to the stranger', mails.every((mail) => mail.to !== stranger.email)],
    ['the server refused nothing', refused === 0],
  ];
  console.log('\nWhat must hold:');
  for (const [what, holds] of checks) console.log(`  ${holds ? 'ok    ' : 'FAILED'}  ${what}`);
  return checks.every(([, holds]) => holds) ? 0 : 1;
}

try {
  const result = await play();
  await analytics.closeAndFlush();
  process.exit(result);
} catch (error) {
  console.error(error);
  process.exit(2);
}
