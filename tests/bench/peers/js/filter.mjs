// The workload filter through a rule engine of npm: filter.mjs ENGINE FOLDER SECONDS WARM-UP
// ENGINE is json-rules-engine or zen-engine. One line of JSON, as the peers on a JVM print it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const [name, folder, seconds, warmUp] = process.argv.slice(2);

const rows = (file) =>
  readFileSync(join(folder, file), 'utf8').trim().split('\n').map((line) => line.split(','));
const rules = rows('rules.csv').map(([category, country, price]) => ({
  category, country, price: Number(price),
}));
const events = rows('events.csv').map(([category, country, price]) => ({
  category, country, price: Number(price),
}));

let count = 0;
let sum = 0;
function matched(event, campaign) {
  if (!event) throw new Error('a match without an event');
  ++count;
  sum += campaign;
}

// A rule a campaign; facts are the event's fields, given as they are.
async function jsonRulesEngine() {
  const { Engine } = await import('json-rules-engine');
  const engine = new Engine([], { allowUndefinedFacts: false });
  rules.forEach((rule, campaign) => engine.addRule({
    conditions: {
      all: [
        { fact: 'category', operator: 'equal', value: rule.category },
        { fact: 'country', operator: 'equal', value: rule.country },
        { fact: 'price', operator: 'greaterThan', value: rule.price },
      ],
    },
    event: { type: 'match', params: { campaign } },
  }));
  return async (event) => {
    const { events: found } = await engine.run(event);
    for (const { params } of found) matched(event, params.campaign);
  };
}

// One decision table with a row a campaign that collects every row that holds, compiled once.
async function zenEngine() {
  const { ZenEngine, ZenDecisionContent } = await import('@gorules/zen-engine');
  const node = (id, type, content) => ({ id, type, name: id, position: { x: 0, y: 0 }, content });
  const field = (id) => ({ id, name: id, field: id });
  const graph = {
    nodes: [
      node('in', 'inputNode'),
      node('table', 'decisionTableNode', {
        hitPolicy: 'collect',
        inputs: [field('category'), field('country'), field('price')],
        outputs: [field('campaign')],
        rules: rules.map((rule, campaign) => ({
          _id: `r${campaign}`,
          category: JSON.stringify(rule.category),
          country: JSON.stringify(rule.country),
          price: `> ${rule.price}`,
          campaign: String(campaign),
        })),
      }),
      node('out', 'outputNode'),
    ],
    edges: [
      { id: 'a', type: 'edge', sourceId: 'in', targetId: 'table' },
      { id: 'b', type: 'edge', sourceId: 'table', targetId: 'out' },
    ],
  };
  const decision = new ZenEngine().createDecision(
    new ZenDecisionContent(Buffer.from(JSON.stringify(graph))));
  return async (event) => {
    const { result } = await decision.evaluate(event);
    for (const { campaign } of result) matched(event, campaign);
  };
}

const play = await { 'json-rules-engine': jsonRulesEngine, 'zen-engine': zenEngine }[name]();
const setUp = process.uptime();
let played = 0;
async function playFor(wanted) {
  const end = performance.now() + wanted * 1000;
  while (performance.now() < end) await play(events[played++ % events.length]);
}

await playFor(Number(warmUp));
const before = played;
const used = process.cpuUsage();
const begin = performance.now();
await playFor(Number(seconds));
const wall = (performance.now() - begin) / 1000;
const { user, system } = process.cpuUsage(used);
console.log(JSON.stringify({
  events: played, count, sum, measured: played - before, wall_seconds: wall,
  processor_seconds: (user + system) / 1e6, set_up_seconds: setUp,
}));
process.exit(0);
